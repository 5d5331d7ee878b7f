// SPDX-License-Identifier: MIT
#include "console.h"
#include "io_port.h"
#include "print.h"

namespace boot {
namespace {

/// A 16550 or compatible. Waits are bounded, so that a missing chip cannot stop the boot.
class Serial_line {
public:
  void start(Uart const &uart)
  {
    _present = false;
    if (!uart.present) return;
    _port = uart.port;
    out_byte(_port + Interrupt_enable, 0);
    out_byte(_port + Line_control, Divisor_access);
    out_byte(_port + Data, static_cast<uint8_t>(115200 / uart.baud));
    out_byte(_port + Interrupt_enable, 0); // the divisor's high byte while Divisor_access is set
    out_byte(_port + Line_control, Eight_bits_no_parity);
    out_byte(_port + Fifo_control, Fifos_on_and_empty);
    out_byte(_port + Modem_control, Ready_and_request);
    _present = in_byte(_port + Line_status) != 0xff;
  }

  void put(uint8_t c) const
  {
    if (!_present) return;
    wait_for(Holding_empty);
    out_byte(_port + Data, c);
  }

  /// Until the last bit is on the wire.
  void drain() const
  {
    if (_present) wait_for(All_sent);
  }

private:
  enum Register : uint16_t {
    Data = 0,
    Interrupt_enable = 1,
    Fifo_control = 2,
    Line_control = 3,
    Modem_control = 4,
    Line_status = 5,
  };
  enum Value : uint8_t {
    Divisor_access = 0x80,
    Eight_bits_no_parity = 0x03,
    Fifos_on_and_empty = 0x07,
    Ready_and_request = 0x0b, ///< with OUT2, which gates the interrupt line on a PC
    Holding_empty = 0x20,
    All_sent = 0x40,
  };

  void wait_for(uint8_t status) const
  {
    // One character takes 87 us at 115200 baud, one port access about 1 us.
    for (unsigned tries = 0; tries < 10000; ++tries)
      if (in_byte(_port + Line_status) & status) return;
  }

  uint16_t _port = 0;
  bool _present = false;
};

/// The VGA text screen, 80 x 25. Starts at the top and wraps there, which is enough for a screen.
class Screen {
public:
  void start()
  {
    // BIOS data area, current video mode. Under UEFI or in a graphics mode there is no text.
    asm volatile("movb 0x449, %0" : "=q"(_mode));
  }

  void put(char c)
  {
    if (_mode != Color_text) return;
    if (c == '\n' || _column == Columns) new_line();
    if (c >= ' ') cell(_line, _column++) = Grey_on_black | static_cast<uint8_t>(c);
  }

private:
  static constexpr uint8_t Color_text = 3;
  static constexpr unsigned Columns = 80, Lines = 25;
  static constexpr uint16_t Grey_on_black = 0x0700;

  static volatile uint16_t &cell(unsigned line, unsigned column)
  {
    return reinterpret_cast<volatile uint16_t *>(0xb8000)[line * Columns + column];
  }

  void new_line()
  {
    _column = 0;
    _line = (_line + 1) % Lines;
    for (unsigned column = 0; column < Columns; ++column)
      cell(_line, column) = Grey_on_black | ' ';
  }

  uint8_t _mode = 0;
  unsigned _line = 0, _column = 0;
};

constinit Serial_line serial_line;
constinit Screen screen;
constinit bool exit_requested = false;

constexpr uint16_t Debug_exit_port = 0xf4;

} // namespace

void start_console(Uart const &uart)
{
  serial_line.start(uart);
  screen.start();
}

void exit_on_stop()
{
  exit_requested = true;
}

void put_char(char c)
{
  if (c == '\n') serial_line.put('\r');
  serial_line.put(static_cast<uint8_t>(c));
  screen.put(c);
}

void stop()
{
  serial_line.drain();
  if (exit_requested) out_byte(Debug_exit_port, Exit_status);
  for (;;)
    asm volatile("cli; hlt");
}

} // namespace boot

// SPDX-License-Identifier: MIT
#include "platform/pc/machine.h"

#include "arch/amd64/cpu.h"
#include "arch/amd64/paging.h"
#include "arch/arch.h"
#include "boot/options.h"

// Registers of the 16550 (National PC16550D data sheet, table II).
namespace {

enum Register {
  Data = 0,
  Interrupt_enable = 1,
  Fifo = 2,
  Line_control = 3,
  Modem_control = 4,
  Line_status = 5,
};
enum : u8 { Received = 1, Transmitter_empty = 0x20, Divisor_latch = 0x80, Eight_bits = 3 };

/// A line that is blocked must not stop the kernel: the first character waits this many polls,
/// then characters are lost without waiting until the line moves again.
constexpr unsigned Patience = 100000;

u8 volatile *memory; ///< null: ports
u16 port = 0x3f8;
u8 shift = 0;
int irq = 4;
bool present = false;
bool blocked = false;

u8 read(unsigned reg)
{
  return memory ? memory[reg << shift] : amd64::in<u8>(u16(port + (reg << shift)));
}

void write(unsigned reg, u8 value)
{
  if (memory)
    memory[reg << shift] = value;
  else
    amd64::out<u8>(u16(port + (reg << shift)), value);
}

} // namespace

void pc::init_uart(Kernel_options const &options)
{
  if (options.has(Kernel_options::No_serial)) return;
  Kernel_options::Uart const &o = options.uart;
  if (options.has(Kernel_options::Uart_base)) {
    shift = o.reg_shift;
    if (o.access == Kernel_options::Mmio)
      memory = static_cast<u8 volatile *>(amd64::map_device(Phys_addr(o.base), Word{8} << shift));
    else
      port = u16(o.base);
  }
  if (options.has(Kernel_options::Uart_irq)) irq = o.irq == 0xffff ? -1 : o.irq;
  u32 clock = o.base_baud ? o.base_baud : 115200;
  u32 baud = options.has(Kernel_options::Uart_baud) && o.baud ? o.baud : 115200;
  u32 divisor = clock / baud ? clock / baud : 1;
  write(Interrupt_enable, 0);
  write(Line_control, Divisor_latch);
  write(Data, u8(divisor));
  write(Interrupt_enable, u8(divisor >> 8));
  write(Line_control, Eight_bits);
  write(Fifo, 7);            // on, both emptied
  write(Modem_control, 0xb); // DTR, RTS, and OUT2, which lets the interrupt out on a PC
  present = read(Line_status) != 0xff;
}

int pc::uart_irq() { return present ? irq : -1; }

void pc::enable_uart_input() { if (present) write(Interrupt_enable, 1); }

void platform::console_put(char c)
{
  if (!present) return;
  unsigned patience = blocked ? 0 : Patience;
  while ((blocked = !(read(Line_status) & Transmitter_empty)))
    if (patience-- == 0) return;
  write(Data, u8(c));
}

int platform::console_get() { return present && read(Line_status) & Received ? read(Data) : -1; }

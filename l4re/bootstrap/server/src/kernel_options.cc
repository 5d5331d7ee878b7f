// SPDX-License-Identifier: MIT
#include "kernel_options.h"
#include "print.h"

namespace boot {

/// Bit numbers in the flags word.
enum class Kernel_options::Flag : uint32_t {
  Wait = 0,
  Serial_esc = 1,
  Noserial = 2,
  Noscreen = 3,
  Esc = 4,
  Nojdb = 5,
  Nohlt = 7,
  Apic = 8,
  Loadcnt = 9,
  Watchdog = 10,
  Irq0 = 13,
  Nosfn = 15,
  Jdb_never_stop = 16,
  Kmemsize = 17,
  Tbuf_entries = 18,
  Out_buf = 19,
  Uart_baud = 20,
  Uart_base = 21,
  Uart_irq = 22,
  Jdb_cmd = 23,
  Serial_input = 24,
  Oneshot_timer = 25,
  Perf_profile = 26,
};

namespace {

/// Offsets in a version 5 block; Kernel_options::field converts.
namespace offset {
constexpr size_t Flags = 0x08, Kmemsize = 0x0c, Uart_base_baud = 0x10, Uart_baud = 0x14,
                 Uart_irq = 0x18, Uart_reg_shift = 0x1a, Uart_access = 0x1b, Uart_base = 0x1c,
                 Uart_compatible = 0x24, Jdb_cmd = 0x4c, Tbuf_entries = 0xcc, Out_buf = 0xd0;
/// Only version 6 has it, in front of the part that moved.
constexpr size_t Perf_profile_v6 = 0x10;
} // namespace offset

constexpr size_t Compatible_size = 32, Jdb_cmd_size = 128;
constexpr uint8_t Access_io_port = 1;
constexpr uint32_t Clock_16550 = 115200; ///< highest rate, i.e. at divisor 1, of a PC's UART

} // namespace

struct Kernel_options::Word {
  enum Kind : uint8_t { Plain, Number, String, Perf_profile };

  const char *text;
  Flag flag;
  Kind kind = Plain;
  size_t offset = 0;
};

// clang-format off
constexpr Kernel_options::Word Kernel_options::Words[] = {
  {"-wait", Flag::Wait},
  {"-serial_esc", Flag::Serial_esc},
  {"-noserial", Flag::Noserial},
  {"-noscreen", Flag::Noscreen},
  {"-esc", Flag::Esc},
  {"-nojdb", Flag::Nojdb},
  {"-nohlt", Flag::Nohlt},
  {"-apic", Flag::Apic},
  {"-loadcnt", Flag::Loadcnt},
  {"-watchdog", Flag::Watchdog},
  {"-irq0", Flag::Irq0},
  {"-nosfn", Flag::Nosfn},
  {"-jdb_never_stop", Flag::Jdb_never_stop},
  {"-serial_input", Flag::Serial_input},
  {"-oneshot-timer", Flag::Oneshot_timer},
  {"-kmemsize", Flag::Kmemsize, Word::Number, offset::Kmemsize},
  {"-tbuf_entries", Flag::Tbuf_entries, Word::Number, offset::Tbuf_entries},
  {"-out_buf", Flag::Out_buf, Word::Number, offset::Out_buf},
  {"-jdb_cmd", Flag::Jdb_cmd, Word::String, offset::Jdb_cmd},
  {"-perf_profile", Flag::Perf_profile, Word::Perf_profile, offset::Perf_profile_v6},
};
// clang-format on

void Kernel_options::set_flag(Flag flag)
{
  Addr flags = field(offset::Flags);
  uint32_t bit = 1u << static_cast<uint32_t>(flag);
  _memory.write(flags, _memory.read<uint32_t>(flags) | bit);
}

void Kernel_options::set_text(size_t offset, size_t capacity, Text value)
{
  if (value.size >= capacity) {
    warn("kernel option text '", value, "' was cut after ", capacity - 1, " characters");
    value.size = capacity - 1;
  }
  Addr to = field(offset);
  _memory.clear({to, to + capacity});
  _memory.copy_in(to, value.data, value.size);
}

void Kernel_options::set_words(Text command_line)
{
  for (bool first = true;; first = false) {
    Text word = next_word(command_line);
    if (word.empty()) return;
    if (first && !word.starts_with("-")) continue;
    set_word(word);
  }
}

void Kernel_options::set_word(Text word)
{
  for (Word const &entry : Words) {
    if (entry.kind == Word::Perf_profile && _shift == 0) continue;
    Text name(entry.text);
    if (!word.starts_with(name)) continue;
    Text rest = word.from(name.size);
    bool has_value = rest.starts_with("=");
    if (entry.kind == Word::Plain ? rest.empty() : has_value) {
      if (entry.kind != Word::Plain) return set_value(entry, rest.from(1));
      return set_flag(entry.flag);
    }
  }
  warn("kernel option '", word, "' is unknown and was ignored");
}

void Kernel_options::set_value(Word const &entry, Text value)
{
  uint64_t number = 0;
  if (entry.kind == Word::String) {
    set_text(entry.offset, Jdb_cmd_size, value);
  } else if (!parse_number(value, number) || number > 0xffffffff) {
    warn("kernel option '", entry.text, "=", value, "' was ignored: expected a number");
    return;
  } else {
    bool moved = entry.kind != Word::Perf_profile;
    _memory.write(moved ? field(entry.offset) : _block + entry.offset,
                  static_cast<uint32_t>(number));
  }
  set_flag(entry.flag);
}

void Kernel_options::set_uart(Uart const &uart)
{
  if (!uart.present) return set_flag(Flag::Noserial);
  _memory.write(field(offset::Uart_base_baud), Clock_16550);
  _memory.write(field(offset::Uart_baud), uart.baud);
  _memory.write(field(offset::Uart_irq), uart.irq);
  _memory.write(field(offset::Uart_reg_shift), uint8_t{0});
  _memory.write(field(offset::Uart_access), Access_io_port);
  _memory.write(field(offset::Uart_base), uint64_t{uart.port});
  set_text(offset::Uart_compatible, Compatible_size, "ns16550a");
  set_flag(Flag::Uart_baud);
  set_flag(Flag::Uart_base);
  set_flag(Flag::Uart_irq);
}

} // namespace boot

// SPDX-License-Identifier: MIT
#include "platform/pc/io_apic.h"

#include "arch/amd64/paging.h"
#include "boot/kip.h"
#include "platform/pc/madt.h"
#include "types/spin_lock.h"

namespace pc {
namespace {

constexpr unsigned Max_pins = 256;
constexpr u32 Version = 1, Redirection = 0x10;
constexpr u32 Active_low = 1 << 13, Level = 1 << 15, Masked = 1 << 16;

/// An I/O APIC has an index register at 0 and a data register at 0x10.
u32 volatile *registers[Machine::Max_io_apics];
Spin_lock lock;

struct Pin {
  u8 apic, line; ///< which I/O APIC, which of its lines
  bool exists;
  u32 low;       ///< lower half of the redirection entry
};
Pin pin_table[Max_pins];
unsigned pin_count;

u32 read(unsigned apic, u32 index)
{
  registers[apic][0] = index;
  return registers[apic][4];
}

void write(unsigned apic, u32 index, u32 value)
{
  registers[apic][0] = index;
  registers[apic][4] = value;
}

void write_low(Pin const &pin)
{
  if (pin.exists)
    write(pin.apic, Redirection + 2 * pin.line, pin.low);
}

void add(unsigned apic, u32 first_gsi)
{
  unsigned lines = (read(apic, Version) >> 16 & 0xff) + 1;
  for (unsigned line = 0; line < lines && first_gsi + line < Max_pins; ++line) {
    // What is not an ISA line is a PCI line: level triggered, active low.
    Pin &pin = pin_table[first_gsi + line];
    pin = {u8(apic), u8(line), true, Masked | Level | Active_low};
    write_low(pin);
    if (first_gsi + line >= pin_count)
      pin_count = first_gsi + line + 1;
  }
}

} // namespace

void Io_apics::init()
{
  for (unsigned i = 0; i < machine.io_apics; ++i) {
    Word address = machine.io_apic[i].address;
    registers[i] = static_cast<u32 volatile *>(amd64::map_device(Phys_addr(address), 0x20));
    Word page = trunc_to(address, Page_shift);
    kip_page.add_desc(page, page + Page_size - 1, Mem_desc::Reserved, Mem_desc::Mmio);
    add(i, machine.io_apic[i].first_gsi);
  }
  for (Machine::Isa_line const &line : machine.isa)
    if (line.gsi < pin_count)
      set_mode(line.gsi, line.level, line.active_low);
}

unsigned Io_apics::pins() { return pin_count; }
bool Io_apics::is_level(unsigned pin) { return pin_table[pin].low & Level; }

void Io_apics::set_mode(unsigned number, bool level, bool active_low)
{
  Lock_guard guard(lock);
  Pin &pin = pin_table[number];
  pin.low = (pin.low & ~(Level | Active_low)) | (level ? Level : 0) | (active_low ? Active_low : 0);
  write_low(pin);
}

void Io_apics::route(unsigned number, u8 vector, u32 apic_id)
{
  Lock_guard guard(lock);
  Pin &pin = pin_table[number];
  if (!pin.exists)
    return;
  pin.low = (pin.low & ~0xffu) | vector;
  write(pin.apic, Redirection + 2 * pin.line + 1, apic_id << 24);
  write_low(pin);
}

void Io_apics::set_mask(unsigned number, bool masked)
{
  Lock_guard guard(lock);
  Pin &pin = pin_table[number];
  u32 low = masked ? pin.low | Masked : pin.low & ~Masked;
  if (low == pin.low)
    return;
  pin.low = low;
  write_low(pin);
}

} // namespace pc

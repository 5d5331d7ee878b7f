// SPDX-License-Identifier: MIT
// Interrupts of devices: the pins of the I/O APICs (Intel 82093AA data sheet) and MSIs. Each that
// is attached has a vector.
#include "platform/pc/machine.h"

#include "arch/amd64/cpu_tables.h"
#include "arch/amd64/paging.h"
#include "arch/arch.h"
#include "boot/kip.h"
#include "ipc/entry.h"
#include "types/spin_lock.h"

namespace {

using pc::Machine, pc::machine;

constexpr unsigned Max_pins = 256, Msis = 64, No_pin = ~0u;
constexpr u32 Version = 1, Redirection = 0x10;
constexpr u32 Vector = 0xff, Active_low = 1 << 13, Level = 1 << 15, Masked = 1 << 16;

/// An I/O APIC has an index register at 0 and a data register at 0x10.
u32 volatile *registers[Machine::Max_io_apics];

struct Pin {
  u8 apic, line; ///< which I/O APIC, which of its lines
  bool exists;
  u32 low; ///< lower half of the redirection entry
};
Pin pins[Max_pins];
unsigned pin_count;
/// The pin of the console's interrupt while it is in use: it is not for user space then.
unsigned console_pin = No_pin;

/// Whom a vector belongs to: kind and number. Zero: nobody.
enum Source : u16 {
  Nobody = 0,
  Pin_source = 0x1000,
  Msi_source = 0x2000,
  Console = 0x3000,
  Kind = 0xf000
};
u16 source_of_vector[VECTOR_DEVICES];

Spin_lock lock; ///< of all of this

void write(unsigned apic, u32 index, u32 value)
{
  registers[apic][0] = index;
  registers[apic][4] = value;
}

/// Change bits in the lower half of a pin's redirection entry.
void change(unsigned number, u32 clear, u32 set)
{
  if (number >= pin_count || !pins[number].exists) return;
  Lock_guard guard(lock);
  Pin &pin = pins[number];
  u32 low = (pin.low & ~clear) | set;
  if (low == pin.low) return;
  pin.low = low;
  write(pin.apic, Redirection + 2 * pin.line, low);
}

void set_mode(unsigned pin, bool level, bool active_low)
{
  change(pin, Level | Active_low, (level ? Level : 0) | (active_low ? Active_low : 0));
}

void add_io_apic(unsigned apic, Machine::Io_apic_place const &place)
{
  registers[apic] = static_cast<u32 volatile *>(amd64::map_device(Phys_addr(place.address), 0x20));
  Word page = trunc_to(place.address, Page_shift);
  kip_page.add_desc(page, page + Page_size - 1, Mem_desc::Reserved, Mem_desc::Mmio);
  registers[apic][0] = Version;
  unsigned lines = (registers[apic][4] >> 16 & 0xff) + 1;
  for (unsigned line = 0; line < lines && place.first_gsi + line < Max_pins; ++line) {
    unsigned number = place.first_gsi + line;
    // What is not an ISA line is a PCI line: level triggered, active low.
    pins[number] = {u8(apic), u8(line), true, Masked | Level | Active_low};
    write(apic, Redirection + 2 * line, pins[number].low);
    if (number >= pin_count) pin_count = number + 1;
  }
}

/// The vector that belongs to `source`, or 0; with Nobody: a free one.
u8 find_vector(u16 source)
{
  for (unsigned i = 0; i < VECTOR_DEVICES; ++i)
    if (source_of_vector[i] == source) return u8(VECTOR_FIRST_DEVICE + i);
  return 0;
}

/// Give `source` a vector; 0 if it has one already, or none is left.
u8 take_vector(u16 source)
{
  Lock_guard guard(lock);
  u8 vector = find_vector(source) ? 0 : find_vector(Nobody);
  if (vector) source_of_vector[vector - VECTOR_FIRST_DEVICE] = source;
  return vector;
}

void release_vector(u16 source)
{
  Lock_guard guard(lock);
  if (u8 vector = find_vector(source)) source_of_vector[vector - VECTOR_FIRST_DEVICE] = Nobody;
}

/// Let the pin interrupt this CPU, masked or not as before, on behalf of `source`.
bool route(unsigned number, u16 source)
{
  u8 vector = take_vector(source);
  if (!vector) return false;
  if (Pin const &pin = pins[number]; pin.exists) {
    Lock_guard guard(lock);
    write(pin.apic, Redirection + 2 * pin.line + 1, amd64::Arch_cpu::current().apic_id << 24);
  }
  change(number, Vector, vector);
  return true;
}

} // namespace

void pc::init_io_apics()
{
  for (unsigned i = 0; i < machine.io_apics; ++i)
    add_io_apic(i, machine.io_apic[i]);
  for (Machine::Isa_line const &line : machine.isa)
    set_mode(line.gsi, line.level, line.active_low);
}

void pc::serve_interrupt(u8 vector)
{
  // The local APIC has nothing in service; or a masked 8259 is spurious.
  if (vector == VECTOR_SPURIOUS || vector < VECTOR_IPI) return;
  if (vector == VECTOR_TIMER)
    serve_timer();
  else if (vector == VECTOR_IPI)
    handle_ipi();
  else {
    // of nobody: detached with an interrupt on its way
    u16 source = source_of_vector[vector - VECTOR_FIRST_DEVICE], number = source & ~Kind;
    if ((source & Kind) == Pin_source) handle_irq(number);
    if ((source & Kind) == Msi_source) handle_msi(number);
    if (source == Console) handle_console_input();
  }
  // Last: a level-triggered pin is masked by now, else it would come again at once.
  Lapic::end_of_interrupt();
}

unsigned platform::irq_pins() { return pin_count; }

unsigned platform::msi_count() { return Msis; }

bool platform::irq_set_mode(unsigned pin, unsigned mode)
{
  enum : unsigned { Set_mode = 1, Level_triggered = 2, Negative = 4, Both_edges = 8 };
  if (pin >= pin_count) return false;
  if (!(mode & Set_mode)) return true;
  if (mode & Both_edges) return false;
  set_mode(pin, mode & Level_triggered, mode & Negative);
  return true;
}

bool platform::irq_is_level(unsigned pin) { return pin < pin_count && pins[pin].low & Level; }

void platform::irq_mask(unsigned pin) { if (pin != console_pin) change(pin, 0, Masked); }

void platform::irq_unmask(unsigned pin) { if (pin != console_pin) change(pin, Masked, 0); }

bool platform::irq_attach(unsigned pin)
{
  return pin < pin_count && pin != console_pin && route(pin, u16(Pin_source | pin));
}

void platform::irq_detach(unsigned pin)
{
  irq_mask(pin);
  release_vector(u16(Pin_source | pin));
}

bool platform::msi_attach(unsigned msi) { return msi < Msis && take_vector(u16(Msi_source | msi)); }

void platform::msi_detach(unsigned msi) { release_vector(u16(Msi_source | msi)); }

platform::Msi platform::msi_info(unsigned msi)
{
  // Intel SDM vol. 3, 11.11: destination in bits 19..12 of the address; data: vector, edge, fixed.
  constexpr Word Msi_base = 0xfee00000;
  Word boot_cpu = machine.apic_id[0];
  return {.address = Msi_base | boot_cpu << 12, .data = find_vector(u16(Msi_source | msi))};
}

void platform::console_enable_input()
{
  int irq = pc::uart_irq();
  if (irq < 0 || irq >= int(Machine::Isa_irqs)) return;
  unsigned pin = machine.isa[irq].gsi;
  if (pin >= pin_count || find_vector(u16(Pin_source | pin)) || !route(pin, Console)) return;
  change(pin, Masked, 0);
  console_pin = pin;
  pc::enable_uart_input();
}

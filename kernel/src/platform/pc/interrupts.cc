// SPDX-License-Identifier: MIT
// Vectors of devices: each is given to a pin, an MSI or the console when that is attached.
#include "platform/pc/interrupts.h"

#include "arch/amd64/cpu_tables.h"
#include "arch/arch.h"
#include "ipc/entry.h"
#include "platform/pc/io_apic.h"
#include "platform/pc/lapic.h"
#include "platform/pc/madt.h"
#include "platform/pc/timer.h"
#include "platform/pc/uart.h"
#include "types/spin_lock.h"

namespace {

using pc::Io_apics, pc::Lapic;

constexpr unsigned Msis = 64;

/// Whom a vector belongs to. Zero-initialised: nobody.
struct Source {
  enum Kind : u8 { Nobody, Pin, Msi, Console };
  Kind kind;
  u16 number;
  bool operator==(Source const &) const = default;
};
Source source_of_vector[VECTOR_DEVICES];
Spin_lock vectors_lock;

u32 this_apic_id() { return amd64::Arch_cpu::current().apic_id; }

/// The vector that belongs to `source`, or 0; with Nobody: a free one.
u8 find_vector(Source source)
{
  for (unsigned i = 0; i < VECTOR_DEVICES; ++i)
    if (source_of_vector[i] == source)
      return u8(VECTOR_FIRST_DEVICE + i);
  return 0;
}

/// Give `source` a vector; 0 if it has one already, or none is left.
u8 take_vector(Source source)
{
  Lock_guard guard(vectors_lock);
  if (find_vector(source))
    return 0;
  u8 vector = find_vector({});
  if (vector)
    source_of_vector[vector - VECTOR_FIRST_DEVICE] = source;
  return vector;
}

void release_vector(Source source)
{
  Lock_guard guard(vectors_lock);
  if (u8 vector = find_vector(source))
    source_of_vector[vector - VECTOR_FIRST_DEVICE] = {};
}

Source pin_source(unsigned pin) { return {Source::Pin, u16(pin)}; }
Source msi_source(unsigned msi) { return {Source::Msi, u16(msi)}; }

/// The pin of the console's interrupt while it is in use, else ~0: it is not for user space then.
unsigned console_pin = ~0u;

} // namespace

void pc::serve_interrupt(u8 vector)
{
  if (vector == VECTOR_SPURIOUS)
    return; // the local APIC has nothing in service
  if (vector == VECTOR_TIMER)
    serve_timer();
  else if (vector == VECTOR_IPI)
    handle_ipi();
  else {
    Source source = source_of_vector[vector - VECTOR_FIRST_DEVICE];
    switch (source.kind) {
    case Source::Pin: handle_irq(source.number); break;
    case Source::Msi: handle_msi(source.number); break;
    case Source::Console: handle_console_input(); break;
    case Source::Nobody: break; // detached with an interrupt on its way
    }
  }
  // Last: a level-triggered pin is masked by now, else it would come again at once.
  Lapic::end_of_interrupt();
}

unsigned platform::irq_pins() { return Io_apics::pins(); }
unsigned platform::msi_count() { return Msis; }

bool platform::irq_set_mode(unsigned pin, unsigned mode)
{
  enum : unsigned { Set_mode = 1, Level = 2, Negative = 4, Both_edges = 8 };
  if (pin >= Io_apics::pins())
    return false;
  if (!(mode & Set_mode))
    return true;
  if (mode & Both_edges)
    return false;
  Io_apics::set_mode(pin, mode & Level, mode & Negative);
  return true;
}

bool platform::irq_is_level(unsigned pin)
{
  return pin < Io_apics::pins() && Io_apics::is_level(pin);
}

void platform::irq_mask(unsigned pin)
{
  if (pin < Io_apics::pins() && pin != console_pin)
    Io_apics::set_mask(pin, true);
}

void platform::irq_unmask(unsigned pin)
{
  if (pin < Io_apics::pins() && pin != console_pin)
    Io_apics::set_mask(pin, false);
}

bool platform::irq_attach(unsigned pin)
{
  if (pin >= Io_apics::pins() || pin == console_pin)
    return false;
  u8 vector = take_vector(pin_source(pin));
  if (vector)
    Io_apics::route(pin, vector, this_apic_id());
  return vector;
}

void platform::irq_detach(unsigned pin)
{
  irq_mask(pin);
  release_vector(pin_source(pin));
}

bool platform::msi_attach(unsigned msi) { return msi < Msis && take_vector(msi_source(msi)); }
void platform::msi_detach(unsigned msi) { release_vector(msi_source(msi)); }

platform::Msi platform::msi_info(unsigned msi)
{
  // Intel SDM vol. 3, 11.11: destination in bits 19..12 of the address; data: vector, edge, fixed.
  constexpr Word Msi_base = 0xfee00000;
  Word boot_cpu = pc::machine.apic_id[0];
  return {.address = Msi_base | boot_cpu << 12, .data = find_vector(msi_source(msi))};
}

void platform::console_enable_input()
{
  int irq = pc::uart_irq();
  if (irq < 0 || irq >= int(pc::Machine::Isa_irqs))
    return;
  unsigned pin = pc::machine.isa[irq].gsi;
  if (pin >= Io_apics::pins() || find_vector(pin_source(pin)))
    return;
  u8 vector = take_vector({Source::Console, 0});
  if (!vector)
    return;
  console_pin = pin;
  Io_apics::route(pin, vector, this_apic_id());
  Io_apics::set_mask(pin, false);
  pc::enable_uart_input();
}

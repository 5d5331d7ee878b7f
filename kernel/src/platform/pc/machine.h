// SPDX-License-Identifier: MIT
// CPUs, interrupt controllers and console of the machine.
#pragma once

#include "types/types.h"

struct Kernel_options;

namespace pc {

/// What ACPI's MADT tells (ACPI 6.4, 5.2.12).
struct Machine {
  static constexpr unsigned Max_cpus = 64, Max_io_apics = 8, Isa_irqs = 16;

  struct Io_apic_place {
    u32 address, first_gsi;
  };
  /// Where a line of the ISA bus ends, and how it signals.
  struct Isa_line {
    u32 gsi;
    bool level, active_low;
  };

  unsigned cpus;
  u32 apic_id[Max_cpus]; ///< usable CPUs, the boot CPU first
  unsigned io_apics;
  Io_apic_place io_apic[Max_io_apics];
  Isa_line isa[Isa_irqs];

  /// Read the MADT; without one there is this CPU only, and no device interrupts.
  void read(u32 boot_apic_id);
};
extern Machine machine;

/// Interrupt controllers and firmware tables of the machine. Adds the ranges the kernel owns to the
/// KIP. Returns the number of usable CPUs.
unsigned init_machine();

/// Local APIC: end of interrupt, timer, messages between CPUs (Intel SDM vol. 3, 11).
struct Lapic {
  /// Find and enable this CPU's, in x2APIC mode if it has that. Returns its APIC id.
  static u32 enable();
  static bool is_x2apic();
  static Phys_addr address(); ///< of the registers; they are in memory unless x2APIC

  static void end_of_interrupt();

  /// Measure the timer: let it run freely, in its own ticks, and end that.
  static void start_timer_count();
  static u32 timer_count();
  static void stop_timer();

  /// What another CPU can be sent, besides vectors. Startup after Init: it starts in real mode at
  /// the page whose number is added.
  enum Message : u32 { Nmi = 0x400, Init = 0x500, Startup = 0x600 };
  static void send(u32 apic_id, u32 message);
};

/// The timer interrupt of this CPU has come.
void serve_timer();

/// Map all I/O APICs, mask all pins, give pins their default mode. Adds their registers to the KIP.
void init_io_apics();
/// Serve what raised `vector` (32 or above): call its handler in ipc/entry.h, end the interrupt.
void serve_interrupt(u8 vector);

/// Serial console: a 16550 at the place the options name, else COM1. Needs the kernel's own page
/// tables; the first thing after them, so that errors can be seen.
void init_uart(Kernel_options const &options);
/// Interrupt line of the console in use (a legacy IRQ), or -1.
int uart_irq();
/// Let it raise an interrupt when a character has come.
void enable_uart_input();

} // namespace pc

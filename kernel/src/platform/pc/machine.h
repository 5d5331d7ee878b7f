// SPDX-License-Identifier: MIT
// CPUs and interrupt controllers of the machine.
#pragma once

#include "types/types.h"

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

private:
  void add_cpu(u32 id, u32 flags);
};
extern Machine machine;

/// Interrupt controllers and firmware tables of the machine. Adds the ranges the kernel owns to the
/// KIP. Returns the number of usable CPUs.
unsigned init_machine();

} // namespace pc

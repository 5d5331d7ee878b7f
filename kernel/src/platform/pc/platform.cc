// SPDX-License-Identifier: MIT
#include "platform/pc/platform.h"

#include "arch/amd64/cpu.h"
#include "arch/amd64/cpu_tables.h"
#include "boot/kip.h"
#include "diag/print.h"
#include "platform/pc/acpi.h"
#include "platform/pc/io_apic.h"
#include "platform/pc/lapic.h"
#include "platform/pc/madt.h"

namespace {

/// The two 8259 are not used: away from the exceptions' vectors, then all lines masked
/// (Intel 8259A data sheet).
void silence_8259()
{
  using amd64::out8;
  constexpr u16 Master = 0x20, Slave = 0xa0;
  // vectors, cascade, mode, mask
  constexpr u8 Start[][2] = {{0x20, 0x28}, {4, 2}, {1, 1}, {0xff, 0xff}};
  out8(Master, 0x11);
  out8(Slave, 0x11);
  for (u8 const (&word)[2] : Start) {
    out8(Master + 1, word[0]);
    out8(Slave + 1, word[1]);
  }
}

} // namespace

unsigned pc::init_platform()
{
  silence_8259();
  Lapic::find();
  amd64::boot_arch_cpu.apic_id = Lapic::enable();
  Word lapic = Lapic::address().value();
  kip_page.add_desc(lapic, lapic + Page_size - 1, Mem_desc::Reserved, Mem_desc::Mmio);
  if (!init_acpi())
    kprintf("no ACPI tables: one CPU, no device interrupts\n");
  machine.read(amd64::boot_arch_cpu.apic_id);
  Io_apics::init();
  return machine.cpus;
}

// SPDX-License-Identifier: MIT
#include "platform/pc/machine.h"

#include "arch/amd64/cpu.h"
#include "arch/amd64/cpu_tables.h"
#include "boot/kip.h"
#include "diag/print.h"
#include "platform/pc/acpi.h"

namespace pc {

Machine machine;

namespace {

enum Entry_type : u8 { Local_apic = 0, Io_apic_entry = 1, Override = 2, Local_x2apic = 9 };
constexpr Word Entries = 44;
constexpr u32 Cpu_enabled = 1;

/// The two 8259 are not used: away from the exceptions' vectors, then all lines masked
/// (Intel 8259A data sheet).
void silence_8259()
{
  using amd64::out;
  constexpr u16 Master = 0x20, Slave = 0xa0;
  // vectors, cascade, mode, mask
  constexpr u8 Start[][2] = {{0x20, 0x28}, {4, 2}, {1, 1}, {0xff, 0xff}};
  out<u8>(Master, 0x11);
  out<u8>(Slave, 0x11);
  for (u8 const(&word)[2] : Start) {
    out<u8>(Master + 1, word[0]);
    out<u8>(Slave + 1, word[1]);
  }
}

} // namespace

void Machine::read(u32 boot_apic_id)
{
  cpus = 1;
  apic_id[0] = boot_apic_id;
  for (u32 i = 0; i < Isa_irqs; ++i)
    isa[i] = {i, false, false};

  auto add_cpu = [this](u32 id, u32 flags) {
    if (flags & Cpu_enabled && id != apic_id[0] && cpus < Max_cpus) apic_id[cpus++] = id;
  };
  Acpi_table madt = find_acpi_table("APIC");
  if (!madt) kprintf("no ACPI tables: one CPU, no device interrupts\n");
  for (Word at = Entries; at + 2 <= madt.bytes;) {
    u8 bytes = madt.at<u8>(at + 1);
    if (bytes < 2) break;
    u8 type = madt.at<u8>(at), third = madt.at<u8>(at + 3);
    u32 first = madt.at<u32>(at + 4), second = madt.at<u32>(at + 8);
    u16 flags = madt.at<u16>(at + 8); // polarity: bits 1..0, trigger: 3..2; 3 is low, level
    if (type == Local_apic) add_cpu(third, first);
    if (type == Local_x2apic) add_cpu(first, second);
    if (type == Io_apic_entry && io_apics < Max_io_apics) io_apic[io_apics++] = {first, second};
    if (type == Override && third < Isa_irqs)
      isa[third] = {first, (flags >> 2 & 3) == 3, (flags & 3) == 3};
    at += bytes;
  }
}

unsigned init_machine()
{
  silence_8259();
  u32 boot_apic_id = amd64::boot_arch_cpu.apic_id = Lapic::enable();
  Word lapic = Lapic::address().value();
  kip_page.add_desc(lapic, lapic + Page_size - 1, Mem_desc::Reserved, Mem_desc::Mmio);
  machine.read(boot_apic_id);
  init_io_apics();
  return machine.cpus;
}

} // namespace pc

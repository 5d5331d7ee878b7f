// SPDX-License-Identifier: MIT
#include "platform/pc/madt.h"

#include "platform/pc/acpi.h"

namespace pc {

Machine machine;

namespace {

enum Entry_type : u8 { Local_apic = 0, Io_apic_entry = 1, Override = 2, Local_x2apic = 9 };
constexpr Word Entries = 44;
constexpr u32 Cpu_enabled = 1;

} // namespace

void Machine::add_cpu(u32 id, u32 flags)
{
  if (flags & Cpu_enabled && id != apic_id[0] && cpus < Max_cpus)
    apic_id[cpus++] = id;
}

void Machine::read(u32 boot_apic_id)
{
  cpus = 1;
  apic_id[0] = boot_apic_id;
  for (u32 i = 0; i < Isa_irqs; ++i)
    isa[i] = {i, false, false};

  Acpi_table madt = find_acpi_table("APIC");
  for (Word at = Entries; at + 2 <= madt.bytes;) {
    u8 bytes = madt.at<u8>(at + 1);
    if (bytes < 2)
      break;
    switch (madt.at<u8>(at)) {
    case Local_apic: add_cpu(madt.at<u8>(at + 3), madt.at<u32>(at + 4)); break;
    case Local_x2apic: add_cpu(madt.at<u32>(at + 4), madt.at<u32>(at + 8)); break;
    case Io_apic_entry:
      if (io_apics < Max_io_apics)
        io_apic[io_apics++] = {madt.at<u32>(at + 4), madt.at<u32>(at + 8)};
      break;
    case Override: {
      u8 irq = madt.at<u8>(at + 3);
      u16 flags = madt.at<u16>(at + 8); // polarity: bits 1..0, trigger: 3..2; 3 is low, level
      if (irq < Isa_irqs)
        isa[irq] = {madt.at<u32>(at + 4), (flags >> 2 & 3) == 3, (flags & 3) == 3};
      break;
    }
    }
    at += bytes;
  }
}

} // namespace pc

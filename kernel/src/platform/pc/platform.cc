// SPDX-License-Identifier: MIT
#include "platform/pc/platform.h"

#include "arch/amd64/cpu.h"
#include "arch/amd64/cpu_tables.h"
#include "boot/kip.h"
#include "platform/pc/lapic.h"

namespace {

/// The two 8259 are not used: away from the exceptions' vectors, then all lines masked
/// (Intel 8259A data sheet).
void silence_8259()
{
  using amd64::out8;
  for (u16 base : {u16(0x20), u16(0xa0)}) {
    out8(base, 0x11);                                // initialise, four words
    out8(base + 1, base == 0x20 ? 0x20 : 0x28);      // vectors
    out8(base + 1, base == 0x20 ? 4 : 2);            // cascade on line 2
    out8(base + 1, 1);                               // 8086 mode
    out8(base + 1, 0xff);
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
  return 1;
}

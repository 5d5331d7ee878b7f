// SPDX-License-Identifier: MIT
#include "rsdp.h"

namespace boot {
namespace {

constexpr size_t Revision_0_size = 20, Revision_offset = 15, Length_offset = 20;
constexpr Addr Ebda_segment = 0x40e; ///< BIOS data area: segment number of the EBDA
constexpr Range Bios_area{0xe0000, 0x100000};

bool is_rsdp(Memory memory, Addr address)
{
  if (memory.read<uint64_t>(address) != 0x2052545020445352) return false; // "RSD PTR "
  uint8_t sum = 0;
  for (size_t i = 0; i < Revision_0_size; ++i)
    sum += memory.read<uint8_t>(address + i);
  return sum == 0;
}

Addr scan(Memory memory, Range area)
{
  for (Addr address = area.start; address + Revision_0_size <= area.end; address += 16)
    if (is_rsdp(memory, address)) return address;
  return 0;
}

} // namespace

Addr find_rsdp(Memory memory)
{
  Addr ebda = Addr{memory.read<uint16_t>(Ebda_segment)} << 4;
  // A segment outside of this range is no EBDA but left-over memory, as under UEFI.
  if (ebda >= 0x400 && ebda < 0xa0000)
    if (Addr found = scan(memory, {ebda, ebda + 1024})) return found;
  return scan(memory, Bios_area);
}

size_t rsdp_size(Memory memory, Addr rsdp)
{
  if (memory.read<uint8_t>(rsdp + Revision_offset) == 0) return Revision_0_size;
  return memory.read<uint32_t>(rsdp + Length_offset);
}

} // namespace boot

// SPDX-License-Identifier: MIT
#include "memory_map.h"

namespace boot {
namespace {

constexpr bool is(Firmware_range const &entry, Firmware_type type)
{
  return entry.type == static_cast<uint32_t>(type);
}

} // namespace

Memory_map::Memory_map(Span<Firmware_range const> entries)
{
  for (Firmware_range const &entry : entries)
    if (is(entry, Firmware_type::Ram)) _ram.add(entry.range);
  for (Firmware_range const &entry : entries) {
    if (is(entry, Firmware_type::Ram)) continue;
    _ram.remove(entry.range);
    if (!is(entry, Firmware_type::Unusable)) add_firmware(entry);
  }
  join_neighbours();
  if (_ram.size() == 0)
    panic("boot with QEMU, GRUB or another loader that passes a memory map",
          "the boot loader reported no RAM (", entries.size(), " memory map entries)");
}

void Memory_map::add_firmware(Firmware_range entry)
{
  if (entry.range.empty()) return;
  size_t i = 0;
  while (i < _firmware.size() && _firmware[i].range.start < entry.range.start)
    ++i;
  _firmware.insert(i, entry);
}

void Memory_map::join_neighbours()
{
  size_t kept = 0;
  for (size_t i = 1; i < _firmware.size(); ++i) {
    Firmware_range &last = _firmware[kept];
    Firmware_range const &next = _firmware[i];
    if (next.type != last.type || next.range.start > last.range.end)
      _firmware[++kept] = next;
    else if (next.range.end > last.range.end)
      last.range.end = next.range.end;
  }
  if (!_firmware.empty()) _firmware.truncate(kept + 1);
}

Range_set Memory_map::usable_ram() const
{
  Range_set usable = _ram;
  usable.remove({Reach, ~Addr{0}});
  return usable;
}

} // namespace boot

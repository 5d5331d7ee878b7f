// SPDX-License-Identifier: MIT
#include "mem_desc_list.h"

namespace boot {

void Mem_desc_list::add_ram(Range range)
{
  Range inner{round_up(range.start, Mem_desc::Granularity),
              round_down(range.end, Mem_desc::Granularity)};
  if (!inner.empty()) _entries.push(Mem_desc(inner, Mem_type::Conventional, 0));
}

void Mem_desc_list::add(Range range, Mem_type type, uint8_t sub_type)
{
  if (range.empty()) return;
  Mem_desc entry(range, type, sub_type);
  if (!_entries.empty()) {
    Mem_desc &last = _entries[_entries.size() - 1];
    bool same_kind = last.type() == type && last.sub_type() == sub_type;
    Range old = last.range(), added = entry.range();
    if (same_kind && added.start <= old.end && old.start <= added.end) {
      if (added.start < old.start) old.start = added.start;
      if (added.end > old.end) old.end = added.end;
      last = Mem_desc(old, type, sub_type);
      return;
    }
  }
  _entries.push(entry);
}

bool Mem_desc_list::is_in_use(Range ram) const
{
  for (Mem_desc const &entry : _entries)
    if (entry.type() != Mem_type::Conventional && entry.type() != Mem_type::Arch &&
        entry.range().overlaps(ram))
      return true;
  return false;
}

size_t Mem_desc_list::most_dispensable() const
{
  constexpr uint8_t Firmware_reserved = 2;
  size_t const none = _entries.size();
  size_t smallest_ram = none;
  for (size_t i = none; i-- > 0;) {
    Mem_desc const &entry = _entries[i];
    if (entry.type() == Mem_type::Arch && entry.sub_type() == Firmware_reserved) return i;
    if (entry.type() != Mem_type::Conventional || is_in_use(entry.range())) continue;
    if (smallest_ram == none || entry.range().size() < _entries[smallest_ram].range().size())
      smallest_ram = i;
  }
  return smallest_ram;
}

unsigned Mem_desc_list::fit(unsigned slots)
{
  unsigned left_out = 0;
  while (_entries.size() + Kernel_slots > slots) {
    size_t victim = most_dispensable();
    if (victim == _entries.size())
      panic("use a kernel with more memory descriptor slots in its kernel info page",
            "the kernel info page has ", uint64_t{slots}, " memory descriptors, ",
            _entries.size() + Kernel_slots, " are needed");
    _entries.erase(victim, victim + 1);
    ++left_out;
  }
  return left_out;
}

void Mem_desc_list::store(Memory memory, Addr address, unsigned slots) const
{
  for (size_t i = 0; i < slots; ++i)
    memory.write(address + i * sizeof(Mem_desc), i < _entries.size() ? _entries[i] : Mem_desc());
}

} // namespace boot

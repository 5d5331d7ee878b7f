// SPDX-License-Identifier: MIT
// The way through the tables of a Map_space, unrolled: it is most of what mapping a page costs.
#pragma once

#include "mem/kmem.h"
#include "space/map_space.h"

[[gnu::always_inline]] inline Map_space::Slot Map_space::walk_inline(Word address) const
{
  constexpr unsigned Top = 3;
  Word *above = const_cast<Word *>(&_top), *table = root_table(), *entry;
  Word value;
  if (!table) [[unlikely]]
    return {nullptr, _top_level, 0, above};
  // acquire: the table that an entry names is complete
  auto look = [&](unsigned level) {
    entry = table + (address >> (Page_shift + 9 * level) & 511);
    value = __atomic_load_n(entry, __ATOMIC_ACQUIRE);
  };
  auto descend = [&] {
    above = entry;
    table = static_cast<Word *>(Kmem::virt_of(Page_entry(value).frame()));
  };
  if (_top_level == Top) [[likely]] {
    look(3);
    if (!value) return {entry, 3, 0, above};
    descend();
    look(2);
    if (!value) return {entry, 2, 0, above};
    descend();
  }
  look(1);
  if (!Page_entry(value).is_table()) return {entry, 1, value, above};
  descend();
  look(0);
  return {entry, 0, value, above};
}

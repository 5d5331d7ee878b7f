// SPDX-License-Identifier: MIT
#include "debug.h"
#include "objects.h"

namespace Ldso {

namespace {

/// As <link.h> has it.
struct Debug_record {
  int version;
  Link_map *map;
  l4_addr_t changed; ///< function that is called after each change
  int state;         ///< 0: the list is complete
  l4_addr_t own_base;
};

/// Debuggers stop here.
[[gnu::noinline]] void objects_changed()
{
  asm volatile("");
}

Debug_record record = {1, nullptr, 0, 0, 0};

} // namespace

void debug_begin(Object const &program)
{
  constexpr l4_int64_t Debug = 21;
  record.changed = reinterpret_cast<l4_addr_t>(objects_changed);
  for (auto d = const_cast<Dyn *>(program.dynamic); d && d->tag; ++d)
    if (d->tag == Debug) d->value = reinterpret_cast<l4_addr_t>(&record);
}

void debug_update()
{
  Link_map *previous = nullptr, **link = &record.map;
  for (Object *o = all_objects; o; o = o->next) {
    o->link = {o->offset, o == all_objects ? "" : o->path, o->dynamic, nullptr, previous};
    *link = previous = &o->link;
    link = &o->link.next;
  }
  *link = nullptr;
  objects_changed();
}

} // namespace Ldso

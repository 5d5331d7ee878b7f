// SPDX-License-Identifier: MIT
#include "jdb/object_registry.h"

#include "jdb/hooks.h"
#include "jdb/names.h"
#include "jdb/trace.h"
#include "types/spin_lock.h"

constinit Object_registry::Entry Object_registry::_entries[Capacity] = {};
constinit u16 Object_registry::_buckets[Buckets] = {};
constinit u16 Object_registry::_free = 0;
constinit u16 Object_registry::_untouched = 1;
constinit u16 Object_registry::_oldest = 0;
constinit u16 Object_registry::_newest = 0;
constinit u32 Object_registry::_last_id = 0;
constinit Word Object_registry::_overflow = 0;

namespace {

constinit Spin_lock lock;

} // namespace

u16 Object_registry::take_entry()
{
  if (u16 entry = _free) {
    _free = _entries[entry].chain;
    return entry;
  }
  return _untouched < Capacity ? _untouched++ : u16{0};
}

void Object_registry::add(Kobject const &object)
{
  Lock_guard guard(lock);
  u32 id = ++_last_id;
  u16 entry = take_entry();
  if (!entry) {
    ++_overflow;
    return;
  }
  u16 &bucket = bucket_of(&object);
  _entries[entry] = {.object = &object,
                     .id = id,
                     .chain = bucket,
                     .newer = 0,
                     .older = _newest,
                     .mark = Mark::None};
  bucket = entry;
  (_newest ? _entries[_newest].newer : _oldest) = entry;
  _newest = entry;
}

void Object_registry::remove(Kobject const &object)
{
  Lock_guard guard(lock);
  u16 *link = &bucket_of(&object);
  while (*link && _entries[*link].object != &object)
    link = &_entries[*link].chain;
  u16 index = *link;
  if (!index) return;
  Entry &entry = _entries[index];
  *link = entry.chain;
  (entry.older ? _entries[entry.older].newer : _oldest) = entry.newer;
  (entry.newer ? _entries[entry.newer].older : _newest) = entry.older;
  entry.object = nullptr;
  entry.chain = _free;
  _free = index;
}

/// Index of the object's entry; 0: it has none. Bounded also if the table is just being changed.
u16 Object_registry::find(Kobject const *object)
{
  unsigned left = Capacity;
  u16 i = bucket_of(object);
  while (i && _entries[i].object != object)
    i = --left ? _entries[i].chain : u16{0};
  return i;
}

// Entry 0 holds no object: its number is No_id, its mark None.
u32 Object_registry::id_of(Kobject const *object)
{
  return _entries[find(object)].id;
}
Object_registry::Mark Object_registry::mark_of(Kobject const &object)
{
  return _entries[find(&object)].mark;
}

void Object_registry::set_mark(Kobject const &object, Mark mark)
{
  if (u16 i = find(&object)) _entries[i].mark = mark;
}

Kobject const *Object_registry::by_id(u32 id)
{
  Kobject const *found = nullptr;
  for_each([&](Kobject const &object, u32 its_id) {
    if (its_id == id) found = &object;
    return !found;
  });
  return found;
}

Kobject const *Object_registry::owner_of(void const *address)
{
  Kobject const *found = nullptr;
  auto at = static_cast<char const *>(address);
  for_each([&](Kobject const &object, u32) {
    auto start = reinterpret_cast<char const *>(&object);
    if (at >= start && at < start + jdb::bytes_of(object)) found = &object;
    return !found;
  });
  return found;
}

namespace {

void trace_object(Kobject const &object, bool is_new)
{
  jdb::trace(jdb::Trace::Object, nullptr, is_new, object.type(), Object_registry::id_of(&object));
}

} // namespace

void jdb::object_made(Kobject const &object)
{
  Object_registry::add(object);
  trace_object(object, true);
}

void jdb::object_gone(Kobject const &object)
{
  trace_object(object, false);
  Object_registry::remove(object);
}

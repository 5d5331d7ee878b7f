// SPDX-License-Identifier: MIT
#include "obj/object_names.h"

#include "obj/kobject.h"
#include "types/spin_lock.h"

#include <string.h>

namespace {

struct Entry {
  Kobject const *object;
  char text[Object_names::Length];
};
constexpr unsigned Entries = 512, Probes = 8;
constinit Entry entries[Entries] = {};
constinit Spin_lock lock;

/// The entry that holds `object` among the few places where the name of `place_of` may be.
Entry *find(Kobject const *object, Kobject const *place_of)
{
  // objects are 64-byte aligned; neighbours in memory spread over the table
  Word hash = reinterpret_cast<Word>(place_of) >> 6;
  for (unsigned i = 0; i < Probes; ++i) {
    Entry &entry = entries[(hash + i) % Entries];
    if (entry.object == object) return &entry;
  }
  return nullptr;
}

} // namespace

void Object_names::set(Kobject &object, char const *text, unsigned max_length)
{
  Lock_guard guard(lock);
  Entry *entry = find(&object, &object);
  if (!entry) entry = find(nullptr, &object);
  if (!entry) return;
  object.mark_named();
  entry->object = &object;
  memset(entry->text, 0, Length);
  for (unsigned i = 0; i < max_length && i + 1 < Length && text[i]; ++i)
    entry->text[i] = text[i];
}

char const *Object_names::get(Kobject const &object)
{
  Lock_guard guard(lock);
  return peek(object);
}

char const *Object_names::peek(Kobject const &object)
{
  static constexpr char Nameless[Length] = {};
  Entry *entry = find(&object, &object);
  return entry ? entry->text : Nameless;
}

void Object_names::forget(Kobject const &object)
{
  Lock_guard guard(lock);
  if (Entry *entry = find(&object, &object)) entry->object = nullptr;
}

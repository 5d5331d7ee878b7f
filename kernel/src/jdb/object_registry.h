// SPDX-License-Identifier: MIT
// All kernel objects, by number and by address.
#pragma once

#include "obj/kobject.h"
#include "types/types.h"

/// A table of fixed size beside the objects: debug kernels use the same object layout as release
/// kernels. Objects that find no place in it are not shown; overflow() says so.
/// Changes take a lock; the debugger reads without, with all other CPUs stopped.
class Object_registry {
public:
  static constexpr unsigned Capacity = 16384;
  static constexpr u32 No_id = 0;

  static void add(Kobject const &object);
  static void remove(Kobject const &object);
  /// The object's number, counted from 1 since boot; No_id if it is not known.
  static u32 id_of(Kobject const *object);
  static Kobject const *by_id(u32 id);
  /// The object in whose memory `address` lies, or null.
  static Kobject const *owner_of(void const *address);
  /// Objects that were not noted for want of room.
  static Word overflow() { return _overflow; }

  /// What the debugger's user decided for one object, apart from all others.
  enum class Mark : u8 { None, On, Off };
  static void set_mark(Kobject const &object, Mark mark);
  static Mark mark_of(Kobject const &object);

  /// Call f(Kobject const &, id) for each object from the oldest on, until it returns false.
  template <class F> static void for_each(F &&f)
  {
    unsigned left = Capacity; // a list that was caught in a change may be a ring
    for (u16 i = _oldest; i && left; --left) {
      u16 next = _entries[i].newer;
      if (!f(*_entries[i].object, _entries[i].id)) return;
      i = next;
    }
  }

private:
  /// Index 0 means none; free entries are chained by `chain`.
  struct Entry {
    Kobject const *object;
    u32 id;
    u16 chain, newer, older;
    Mark mark;
  };
  static constexpr unsigned Buckets = 4096;

  static u16 &bucket_of(Kobject const *object)
  {
    return _buckets[reinterpret_cast<Word>(object) / alignof(Kobject) % Buckets];
  }
  static u16 take_entry();
  static u16 find(Kobject const *object);

  static Entry _entries[Capacity];
  static u16 _buckets[Buckets];
  static u16 _free, _untouched, _oldest, _newest;
  static u32 _last_id;
  static Word _overflow;
};

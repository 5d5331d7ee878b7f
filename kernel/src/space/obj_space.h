// SPDX-License-Identifier: MIT
// A task's capabilities.
#pragma once

#include "mem/quota.h"
#include "obj/kobject.h"
#include "space/map_item.h"
#include "types/result.h"

/// What a slot holds: an object and rights, or nothing.
struct Cap {
  Kobject *object = nullptr;
  u8 flags = 0; ///< Cap_slot::Flag bits
  explicit operator bool() const { return object; }
};

/// One capability slot, 32 bytes.
///
/// Protocol: the entry word of a slot that names an object changes only under that object's
/// _slots_lock; an empty slot is claimed by compare-and-swap from 0 to Busy. Readers take no lock: one load
/// gives object and rights, and the object stays allocated until the reader leaves the kernel.
class Cap_slot {
public:
  enum Flag : u8 { W = 1, S = 2, Busy = 4, D = 8, Weak = 0x10, Server = 0x20 };
  static constexpr Word Flag_mask = 63;

  Cap get() const
  {
    Word entry = __atomic_load_n(&_entry, __ATOMIC_ACQUIRE);
    return {reinterpret_cast<Kobject *>(entry & ~Flag_mask), u8(entry & Flag_mask)};
  }

private:
  friend class Obj_space;
  Word _entry;
  Cap_slot *_next;
  Cap_slot **_prev_next;
  class Obj_space *_space;
};
static_assert(sizeof(Cap_slot) == 32);

/// Object space: 65,536 slots in 512 pages of 128, each page allocated at first use and charged to the
/// task's quota. (abi/kernel-entry.md section 2: larger indices behave as empty.)
class Obj_space {
public:
  static constexpr unsigned Slots_per_page = 128, Pages = 512;
  static constexpr Word Slot_count = Slots_per_page * Pages;

  /// Any object whose pointer comes out of look-up is valid until the kernel is left.
  /// A dead object's slot counts as empty.
  Cap lookup(Cap_index index) const
  {
    Cap cap = lookup_raw(index);
    return cap && !cap.object->is_dead() ? cap : Cap{};
  }
  /// As lookup, but may return a dead object: for callers that test the type anyway.
  Cap lookup_raw(Cap_index index) const
  {
    if (index.value() >= Slot_count) [[unlikely]]
      return {};
    Cap_slot *page = __atomic_load_n(&_pages[index.value() / Slots_per_page], __ATOMIC_ACQUIRE);
    return page ? page[index.value() % Slots_per_page].get() : Cap{};
  }

  /// Make the page of the slot present, so that put() cannot fail. No_mem: quota, memory or range.
  Result<bool> reserve(Cap_index index, Quota &quota);
  /// Store a new capability (factory results, initial capabilities) with the given Cap_slot flags in
  /// a reserved slot, after emptying it like an unmap with the delete flag
  /// (abi/kernel-objects.md section 1).
  void put(Cap_index index, Kobject *object, u8 flags);

  /// One bounded step of mapping object capabilities (abi/ipc.md section 4, kernel-objects.md section 2a).
  static Step map(Obj_space &from, Obj_space &to, Quota &to_quota, Map_item &item);
  /// One bounded step of an unmap (kernel-objects.md section 2).
  Step unmap(Unmap_item &item);
  /// One bounded step of emptying and freeing the space when its task is gone.
  Step clear(Quota &quota);

  /// One bounded step of clearing all slots that name a dead object, wherever they are.
  static Step clear_slots_of(Kobject &object);

private:
  Cap_slot **_pages = nullptr; // see helper `space`: directory of 512 pointers
};

// SPDX-License-Identifier: MIT
// A task's capabilities.
#pragma once

#include "mem/quota.h"
#include "obj/kobject.h"
#include "space/map_item.h"
#include "types/list.h"

/// What a slot holds: an object and rights, or nothing.
struct Cap {
  Kobject *object = nullptr;
  u8 flags = 0; ///< Cap_slot::Flag bits
  explicit operator bool() const { return object; }
};

/// One capability slot, 32 bytes.
///
/// Protocol: the entry word of a slot that names an object changes only under that object's
/// _slots_lock; an empty slot is claimed by compare-and-swap from 0 to Busy. Readers take no lock:
/// one load gives object and rights, and the object stays allocated until the reader leaves the
/// kernel.
class alignas(32) Cap_slot {
public:
  enum Flag : u8 { W = 1, S = 2, Busy = 4, D = 8, Weak = 0x10, Server = 0x20 };
  static constexpr Word Flag_mask = 63;

  constexpr Cap_slot() = default;

  Cap get() const { return decode(entry()); }
  /// Object address and flags in one word, for decode().
  Word entry() const { return __atomic_load_n(&_entry, __ATOMIC_ACQUIRE); }
  static Cap decode(Word entry)
  {
    return {reinterpret_cast<Kobject *>(entry & ~Flag_mask), u8(entry & Flag_mask)};
  }

private:
  friend struct Layout_check; // arch/amd64/layout_check.cc
  friend class Obj_space;
  Word _entry = 0;

public:
  // The list of all slots that name the object (types/list.h); valid while the entry does, under its lock.
  Cap_slot *next = nullptr, **link = nullptr;
};
static_assert(sizeof(Cap_slot) == 32);

/// Object space: 65,536 slots in 512 pages of 128, each page allocated at first use and charged to
/// the task's quota. (abi/kernel-entry.md section 2: larger indices behave as empty.)
///
/// Look-up is part of every system call: absent pages are represented by one shared page of empty
/// slots, and an absent directory by one that holds nothing else, so that it needs no test for
/// null. Neither is ever written.
class Obj_space {
public:
  static constexpr unsigned Slots_per_page = 128, Pages = 512;
  static constexpr Word Slot_count = Slots_per_page * Pages;

  Obj_space();
  Obj_space(Obj_space const &) = delete;
  Obj_space &operator=(Obj_space const &) = delete;

  /// Any object whose pointer comes out of look-up is valid until the kernel is left.
  /// A dead object's slot counts as empty.
  Cap lookup(Cap_index index) const
  {
    Cap cap = Cap_slot::decode(entry_of(index.value() << 12));
    return cap && !cap.object->is_dead() ? cap : Cap{};
  }
  /// The word of the slot that a selector or flexpage (index << 12, other bits do not count) names, for
  /// Cap_slot::decode(): the look-up of every system call, in as few instructions as possible.
  Word entry_of(Word selector) const
  {
    Cap_slot *slot = slot_of(selector);
    return slot ? slot->entry() : 0;
  }

  /// Store a capability for an object that no other CPU knows (factory results, initial capabilities) with the given
  /// Cap_slot flags, after emptying the slot like an unmap with the delete flag (abi/kernel-objects.md section 1).
  /// False: quota, memory or range.
  bool put(Cap_index index, Quota &quota, Kobject &object, u8 flags)
  {
    Cap_slot *where = make_slot(index, quota);
    if (!where) [[unlikely]]
      return false;
    // another CPU may store something in between; whoever does has got its work done
    while (!claim(*where))
      release(*where, true);
    enter(*where, object, flags);
    return true;
  }

  /// Whether the page of a slot was made now, which is much work; not if it was there, or cannot be made.
  bool add_page_of(Cap_index index, Quota &quota)
  {
    return index.value() < Slot_count && !has_page(index.value()) && make_page(index.value(), quota);
  }

  /// One bounded step of mapping object capabilities (abi/ipc.md section 4, kernel-objects.md
  /// section 2a).
  static Step map(Obj_space &from, Obj_space &to, Quota &to_quota, Map_item &item);
  /// One bounded step of an unmap (kernel-objects.md section 2).
  Step unmap(Unmap_item &item);
  /// All of it for the single slot of a flexpage. Returns the object that is to die() now, or null.
  Kobject *unmap_slot(Fpage page, bool delete_object)
  {
    Cap_slot *slot = slot_of(page.raw());
    return slot ? withdraw(*slot, page.rights(), delete_object) : nullptr;
  }
  /// One bounded step of emptying and freeing the space when nothing uses it any more. `quota`: the
  /// one that put() and map() were given.
  Step clear(Quota &quota, Budget &budget);

  /// One bounded step of clearing all slots that name a dead object, wherever they are.
  static Step clear_slots_of(Kobject &object);

private:
  friend struct Layout_check; // arch/amd64/layout_check.cc
  friend struct Inspect; // jdb/inspect.h
  struct Directory;

  static Cap_slot No_slots[Slots_per_page];
  static Directory No_pages;

  /// The page of the slot with this number.
  Cap_slot *page_of(Word index) const
  {
    Cap_slot **pages = __atomic_load_n(&_pages, __ATOMIC_ACQUIRE);
    return __atomic_load_n(&pages[index / Slots_per_page], __ATOMIC_ACQUIRE);
  }
  /// Null: out of range.
  Cap_slot *slot_of(Word selector) const
  {
    constexpr unsigned Byte_bit = 12 - 5;
    static_assert(sizeof(Cap_slot) == 1 << (12 - Byte_bit));
    if (selector >= Slot_count << 12) [[unlikely]]
      return nullptr;
    char *page = reinterpret_cast<char *>(page_of(selector >> 12));
    Word offset = selector >> Byte_bit & (Slots_per_page - 1) * sizeof(Cap_slot);
    return reinterpret_cast<Cap_slot *>(page + offset);
  }
  bool has_page(Word index) const { return page_of(index) != No_slots; }
  Cap_slot &slot(Word index) const { return page_of(index)[index % Slots_per_page]; }
  Cap_slot *make_page(Word index, Quota &quota);
  /// The slot, its page made if need be; null: quota, memory or range.
  Cap_slot *make_slot(Cap_index index, Quota &quota)
  {
    Word i = index.value();
    if (i >= Slot_count) return nullptr;
    Cap_slot *page = page_of(i);
    if (page == No_slots) page = make_page(i, quota);
    return page ? &page[i % Slots_per_page] : nullptr;
  }
  Word next_used(Word index, Budget &budget) const;
  static Step map_slot(Cap_slot &from, Cap_slot &to, Map_item &item);
  /// Reserve an empty slot; false: it is in use.
  static bool claim(Cap_slot &slot)
  {
    Word empty = 0;
    return __atomic_compare_exchange_n(&slot._entry, &empty, Word{Cap_slot::Busy}, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
  }
  /// A claimed slot names the object from now on; with the object's lock, unless nobody else knows it.
  static void enter(Cap_slot &slot, Kobject &object, u8 flags)
  {
    enlist(object._slots, slot);
    if (!(flags & Cap_slot::Weak)) ++object._cap_refs;
    __atomic_store_n(&slot._entry, reinterpret_cast<Word>(&object) | flags, __ATOMIC_RELEASE);
  }
  static bool store(Cap_slot &slot, Kobject &object, u8 flags);
  static Kobject *withdraw(Cap_slot &slot, u8 rights, bool delete_object);
  static void release(Cap_slot &slot, bool delete_object = false)
  {
    if (Kobject *last = withdraw(slot, Fpage::Cap_r, delete_object)) last->die();
  }

  Cap_slot **_pages;  ///< directory: a pointer for each page
  u32 _pages_end = 0; ///< no page at or behind this number was ever made
  Word _clear_at = 0; ///< progress of clear()
};

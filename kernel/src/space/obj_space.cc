// SPDX-License-Identifier: MIT
// Capability slots. A slot is changed under the lock of the object it names; an empty one is
// claimed by compare-and-swap. At most one object's lock is held, and none while an object is told
// to die.
#include "space/obj_space.h"

#include "mem/kmem.h"

struct Obj_space::Directory {
  Cap_slot *page[Pages];

  constexpr Directory()
  {
    for (Cap_slot *&p : page)
      p = No_slots;
  }
};
static_assert(Obj_space::Slots_per_page * sizeof(Cap_slot) == Page_size);

namespace {

constexpr u8 Rights = Cap_slot::W | Cap_slot::S | Cap_slot::D;

// Put a page of memory where there is `none` yet, or free it if another CPU was faster. Release: it
// is filled when it can be found.
template <class T> void publish(T *&place, T *none, T *page, Quota_guard &charge)
{
  if (__atomic_compare_exchange_n(&place, &none, page, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
    charge.keep();
  else
    Kmem::free(page, 0);
}

} // namespace

constinit Cap_slot Obj_space::No_slots[Slots_per_page];
constinit Obj_space::Directory Obj_space::No_pages;

Obj_space::Obj_space() : _pages(No_pages.page) {}

Cap_slot *Obj_space::make_page(Word index, Quota &quota)
{
  static_assert(sizeof(Directory) == Page_size);
  if (__atomic_load_n(&_pages, __ATOMIC_ACQUIRE) == No_pages.page) {
    Quota_guard charge(quota, Page_size);
    auto *fresh = static_cast<Directory *>(charge ? Kmem::alloc(0) : nullptr);
    if (!fresh) return nullptr;
    *fresh = No_pages;
    publish(_pages, No_pages.page, fresh->page, charge);
  }
  Quota_guard charge(quota, Page_size);
  void *memory = charge ? Kmem::alloc_clear(0) : nullptr;
  if (!memory) return nullptr;
  publish(_pages[index / Slots_per_page], No_slots, static_cast<Cap_slot *>(memory), charge);
  u32 end = __atomic_load_n(&_pages_end, __ATOMIC_RELAXED), mine = index / Slots_per_page + 1;
  while (end < mine && !__atomic_compare_exchange_n(&_pages_end, &end, mine, true, __ATOMIC_RELEASE,
                                                    __ATOMIC_RELAXED)) {
  }
  return page_of(index);
}

// First index after an empty slot that may be in use.
Word Obj_space::next_used(Word index, Budget &budget) const
{
  constexpr Word Most_pages = 128; // within one step
  Word page = index / Slots_per_page, next = index % Slots_per_page + 1, first = next;
  if (Cap_slot const *slots = page_of(index); slots != No_slots) {
    while (next < Slots_per_page && !__atomic_load_n(&slots[next]._entry, __ATOMIC_RELAXED))
      ++next;
    budget.spend(Budget::Scan + int(next - first) * Budget::Scan_slot);
    return page * Slots_per_page + next;
  }
  next = first = page + 1;
  Word end = __atomic_load_n(&_pages_end, __ATOMIC_ACQUIRE), stop = first + Most_pages;
  Cap_slot *const *pages = _pages;
  while (next < end && next < stop && __atomic_load_n(pages + next, __ATOMIC_RELAXED) == No_slots)
    ++next;
  if (next >= end) next = Pages;
  budget.spend(Budget::Scan + int(next - first) * Budget::Scan_slot);
  return next * Slots_per_page;
}

// False: the slot is in use. Of a dead object nothing is left in it.
bool Obj_space::store(Cap_slot &slot, Kobject &object, u8 flags)
{
  if (!claim(slot)) return false;
  Lock_guard guard(object._slots_lock);
  // An object that dies after this look clears its slots later, under the lock: it finds this one.
  if (object.is_dead())
    __atomic_store_n(&slot._entry, 0, __ATOMIC_RELEASE);
  else
    enter(slot, object, flags);
  return true;
}

// Take these rights of a flexpage: with Cap_r the capability. Returns the object that is to die of
// it.
Kobject *Obj_space::withdraw(Cap_slot &slot, u8 rights, bool delete_object)
{
  Word entry;
  while (Cap cap = Cap_slot::decode(entry = slot.entry())) {
    Lock_guard guard(cap.object->_slots_lock);
    if (slot.entry() != entry) continue;
    if (!(rights & Fpage::Cap_r)) {
      Word taken = rights & Rights;
      __atomic_fetch_and(&slot._entry, ~taken, __ATOMIC_RELEASE);
      return nullptr;
    }
    delist(slot);
    bool last = !(cap.flags & Cap_slot::Weak) && --cap.object->_cap_refs <= 0;
    // from now on the slot may be claimed, or its page freed
    __atomic_store_n(&slot._entry, 0, __ATOMIC_RELEASE);
    return last || (delete_object && cap.flags & Cap_slot::D) ? cap.object : nullptr;
  }
  return nullptr;
}

// One capability. Step::More: the destination was taken again in between, nothing was done.
Step Obj_space::map_slot(Cap_slot &from, Cap_slot &to, Map_item &item)
{
  Cap cap = from.get();
  if (!cap || cap.object->is_dead()) return Step::Done;
  u8 attributes = item.control.attributes();
  u8 flags = cap.flags & u8((item.send.rights() & Rights) | Cap_slot::Weak |
                            (attributes & Cap_slot::Server));
  flags |= attributes & Cap_slot::Weak;
  release(to, true);
  if (&from == &to || cap.object->is_dead()) return Step::Done;
  if (!store(to, *cap.object, flags)) return Step::More;
  item.note_mapped();
  // granted as weak, the last counted reference goes here and takes the object along
  if (item.control.is_grant() && from.get().object == cap.object) release(from);
  return Step::Done;
}

Step Obj_space::map(Obj_space &from, Obj_space &to, Quota &to_quota, Map_item &item)
{
  static_assert(Attr_weak == Cap_slot::Weak && Attr_server == Cap_slot::Server);
  if (!(item.send.rights() & Fpage::Cap_r)) return Step::Done;
  Placement where = Placement::of(item, Page_shift);
  Budget budget;
  while (item.progress < where.size) {
    if (budget.is_spent()) return Step::More;
    Word source = where.from + item.progress, destination = where.to + item.progress;
    if (source >= Slot_count || destination >= Slot_count) break;
    if (!from.lookup(Cap_index(source))) {
      item.progress = from.next_used(source, budget) - where.from;
      continue;
    }
    Cap_slot *target = to.make_slot(Cap_index(destination), to_quota);
    if (!target) return Step::No_memory;
    budget.spend(Budget::Copy);
    if (map_slot(from.slot(source), *target, item) == Step::Done) ++item.progress;
  }
  return Step::Done;
}

Step Obj_space::unmap(Unmap_item &item)
{
  // capabilities are flat copies: without the own slot there is nothing to unmap
  if (!item.own) return Step::Done;
  Region region = Region::of(item.pages, Page_shift);
  u8 rights = item.pages.rights();
  Budget budget;
  while (item.progress < region.size()) {
    if (budget.is_spent()) return Step::More;
    Word index = region.base + item.progress;
    if (index >= Slot_count) break;
    if (!slot(index).get()) {
      item.progress = next_used(index, budget) - region.base;
      continue;
    }
    if (Kobject *last = withdraw(slot(index), rights, item.delete_obj)) last->die();
    budget.spend(Budget::Remove);
    ++item.progress;
  }
  return Step::Done;
}

Step Obj_space::clear(Quota &quota, Budget &budget)
{
  while (_clear_at < Slot_count) {
    if (budget.is_spent()) return Step::More;
    if (has_page(_clear_at) && slot(_clear_at).get()) {
      release(slot(_clear_at));
      budget.spend(Budget::Remove);
    }
    Word next = next_used(_clear_at, budget);
    if (next % Slots_per_page == 0 && has_page(_clear_at)) {
      Cap_slot *&page = _pages[_clear_at / Slots_per_page];
      Kmem::free(page, 0);
      quota.refund(Page_size);
      page = No_slots;
    }
    _clear_at = next;
  }
  if (_pages != No_pages.page) {
    Kmem::free(_pages, 0);
    quota.refund(Page_size);
    _pages = No_pages.page;
  }
  _pages_end = 0;
  _clear_at = 0; // all is as at the beginning
  return Step::Done;
}

Step Obj_space::clear_slots_of(Kobject &object)
{
  Lock_guard guard(object._slots_lock);
  constexpr unsigned Slots_per_step = 128;
  for (unsigned i = 0; i < Slots_per_step; ++i) {
    Cap_slot *slot = object._slots;
    if (!slot) return Step::Done;
    delist(*slot);
    __atomic_store_n(&slot->_entry, 0, __ATOMIC_RELEASE);
  }
  return object._slots ? Step::More : Step::Done;
}

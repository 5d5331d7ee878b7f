// SPDX-License-Identifier: MIT
#include "space/mem_space.h"

#include "arch/arch.h"
#include "mem/kmem.h"
#include "mem/slab.h"

#include <new>

/// One piece of kernel-user memory: UTCBs, vCPU states. Lives until the space is cleared. Its pages
/// are cleared and mapped in steps; until it is complete nobody finds it by its address.
struct Ku_area {
  Ku_area *next;
  Word address;
  unsigned order;      ///< of pages
  u8 *memory;          ///< kernel alias
  unsigned begun = 0;  ///< pages that somebody clears or has cleared
  unsigned mapped = 0; ///< pages that are in place

  unsigned pages() const { return 1u << order; }
  Word bytes() const { return Page_size << order; }
  // acquire: its pages are clear
  bool is_complete() const { return __atomic_load_n(&mapped, __ATOMIC_ACQUIRE) == pages(); }
};

namespace {
using Ku_areas = Slab_of<Ku_area>;
constexpr unsigned Min_ku_order = 12, Max_ku_order = 17;
} // namespace

bool Mem_space::init(Quota &quota, Identity identity)
{
  set_up(quota, identity);
  if (!make_root_table()) return false;
  arch::init_root_table(root_table());
  return true;
}

void Mem_space::strip_root(Word *table)
{
  arch::strip_root_table(table);
}

Phys_addr Mem_space::root() const
{
  return Kmem::phys_of(root_table());
}

Step Mem_space::map(Mem_space &from, Mem_space &to, Map_item &item, Tlb_batch &tlb)
{
  bool too_small = item.send.order() < Page_shift ||
                   (!item.window.is_all_spaces() && item.window.order() < Page_shift);
  if (too_small) return Step::Done;
  return Map_space::map(from, to, Placement::of(item, 0), item, tlb);
}

Step Mem_space::unmap(Unmap_item &item, Tlb_batch &tlb)
{
  if (item.pages.order() < Page_shift) return Step::Done;
  Region region = Region::of(item.pages, 0);
  return Map_space::unmap(region.base, region.size(), item.pages.rights(), item, tlb);
}

Step Mem_space::clear(Budget &budget, Tlb_batch &tlb)
{
  if (clear_pages(budget, tlb) == Step::More) return Step::More;
  while (Ku_area *area = _ku_areas) {
    if (budget.is_spent()) return Step::More;
    budget.spend(Budget::Remove);
    _ku_areas = area->next;
    Kmem::free(area->memory, area->order);
    quota().refund(area->bytes());
    Ku_areas::free(area, quota());
  }
  return Step::Done;
}

// An area is aligned and at most 128 KiB long, so that all its entries are in one table.
Result<Step> Mem_space::add_ku_mem(Fpage page)
{
  Region region = Region::of(page, 0);
  if (page.type() != Fpage::Type::Memory || region.order < Min_ku_order ||
      region.order > Max_ku_order || region.base + region.size() - 1 > User_max)
    return Errno::Inval;
  Budget budget;
  Slot first = make_slot(region.base, 0, budget);
  if (!first.entry) return Errno::No_mem;
  if (first.level && !first.present()) return Step::More;
  if (first.level) return Errno::Exist; // a large page
  mark_used(first);
  if (Ku_area *area = find_unfinished(region)) return clear_ku_pages(*area, first.entry, budget);
  budget.spend(Budget::Map);
  Result<Ku_area *> area = begin_ku_area(region, first.entry);
  if (!area) return {area.error(), area.site()};
  return clear_ku_pages(**area, first.entry, budget);
}

Ku_area *Mem_space::find_unfinished(Region const &region) const
{
  for (Ku_area *area = __atomic_load_n(&_ku_areas, __ATOMIC_ACQUIRE); area; area = area->next)
    if (area->address == region.base && area->order + Page_shift == region.order &&
        !area->is_complete())
      return area;
  return nullptr;
}

// All memory is taken and all pages are claimed, or none.
Result<Ku_area *> Mem_space::begin_ku_area(Region const &region, Word *entries)
{
  constexpr Word Reserved = Page_entry::Claimed | Page_entry::Pinned;
  unsigned order = region.order - Page_shift, pages = 1u << order, claimed = 0;
  Quota_guard charge(quota(), region.size());
  if (!charge) return Errno::No_mem;
  auto *area = static_cast<Ku_area *>(Ku_areas::alloc(quota()));
  if (!area) return Errno::No_mem;
  u8 *memory = static_cast<u8 *>(Kmem::alloc(order));
  while (memory && claimed < pages && exchange_empty(entries + claimed, Reserved))
    ++claimed;
  if (claimed < pages) {
    while (claimed)
      __atomic_store_n(entries + --claimed, 0, __ATOMIC_RELEASE);
    if (memory) Kmem::free(memory, order);
    Ku_areas::free(area, quota());
    return memory ? Errno::Exist : Errno::No_mem;
  }
  charge.keep();
  new (area) Ku_area{__atomic_load_n(&_ku_areas, __ATOMIC_RELAXED), region.base, order, memory};
  // release: the area is complete when it is found
  while (!__atomic_compare_exchange_n(&_ku_areas, &area->next, area, true, __ATOMIC_RELEASE,
                                      __ATOMIC_RELAXED)) {
  }
  return area;
}

// Several CPUs may do this for one area: each page is cleared by one of them.
Step Mem_space::clear_ku_pages(Ku_area &area, Word *entries, Budget &budget)
{
  while (!area.is_complete()) {
    if (!budget.affords(Budget::Clear)) return Step::More;
    budget.spend(Budget::Clear);
    unsigned i = __atomic_load_n(&area.begun, __ATOMIC_RELAXED);
    if (i == area.pages()) return Step::More; // another CPU is at the last ones
    if (!__atomic_compare_exchange_n(&area.begun, &i, i + 1, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED))
      continue;
    u8 *page = area.memory + i * Page_size;
    __builtin_memset(page, 0, Page_size);
    __atomic_store_n(entries + i,
                     Kmem::phys_of(page).value() | Page_entry::rights_bits(Fpage::R | Fpage::W) |
                         Page_entry::Pinned,
                     __ATOMIC_RELEASE);
    __atomic_fetch_add(&area.mapped, 1, __ATOMIC_RELEASE);
  }
  return Step::Done;
}

void *Mem_space::ku_alias(Virt_addr address, Word bytes) const
{
  for (Ku_area *area = __atomic_load_n(&_ku_areas, __ATOMIC_ACQUIRE); area; area = area->next) {
    Word offset = address.value() - area->address;
    if (offset < area->bytes() && bytes <= area->bytes() - offset)
      return area->is_complete() ? area->memory + offset : nullptr;
  }
  return nullptr;
}

// SPDX-License-Identifier: MIT
#include "space/mem_space.h"

#include "arch/arch.h"
#include "mem/kmem.h"
#include "mem/slab.h"

#include <new>

/// One piece of kernel-user memory: UTCBs, vCPU states. Lives until the space is cleared.
struct Ku_area {
  Ku_area *next;
  Word address;
  unsigned order; ///< of pages
  u8 *memory;     ///< kernel alias

  Word bytes() const { return Page_size << order; }
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

Step Mem_space::clear(Tlb_batch &tlb)
{
  if (clear_pages(tlb) == Step::More) return Step::More;
  Ku_area *area = _ku_areas;
  if (!area) return Step::Done;
  _ku_areas = area->next;
  Kmem::free(area->memory, area->order);
  quota().refund(area->bytes());
  Ku_areas::free(area, quota());
  return _ku_areas ? Step::More : Step::Done;
}

Result<Fpage> Mem_space::add_ku_mem(Fpage page)
{
  Region region = Region::of(page, 0);
  if (page.type() != Fpage::Type::Memory || region.order < Min_ku_order ||
      region.order > Max_ku_order || region.base + region.size() - 1 > User_max)
    return Errno::Inval;
  unsigned order = region.order - Page_shift;
  Quota_guard charge(quota(), region.size());
  if (!charge) return Errno::No_mem;
  auto *area = static_cast<Ku_area *>(Ku_areas::alloc(quota()));
  if (!area) return Errno::No_mem;
  u8 *memory = static_cast<u8 *>(Kmem::alloc(order));
  Errno error = memory ? pin(region, Kmem::phys_of(memory)) : Errno::No_mem;
  if (error != Errno::Ok) {
    if (memory) Kmem::free(memory, order);
    Ku_areas::free(area, quota());
    return error;
  }
  charge.keep();
  new (area) Ku_area{__atomic_load_n(&_ku_areas, __ATOMIC_RELAXED), region.base, order, memory};
  // release: the area is complete when it is found
  while (!__atomic_compare_exchange_n(&_ku_areas, &area->next, area, true, __ATOMIC_RELEASE,
                                      __ATOMIC_RELAXED)) {
  }
  return Fpage(Fpage::Type::Memory, region.base, region.order, 0);
}

// All pages of the region or none. The memory is cleared here, once it is sure to be used. An area
// is aligned and at most 128 KiB long, so that all its entries are in one table.
Errno Mem_space::pin(Region const &region, Phys_addr memory)
{
  Slot first = make_slot(region.base, 0);
  if (!first.entry) return Errno::No_mem;
  if (first.level) return Errno::Exist; // a large page
  unsigned pages = unsigned(region.size() >> Page_shift), done = 0;
  while (done < pages && exchange_empty(first.entry + done, Page_entry::Claimed))
    ++done;
  bool all = done == pages;
  if (all) __builtin_memset(Kmem::virt_of(memory), 0, region.size());
  for (unsigned i = 0; i < done; ++i) {
    Word entry = (memory.value() + i * Page_size) | Page_entry::rights_bits(Fpage::R | Fpage::W) |
                 Page_entry::Pinned;
    __atomic_store_n(first.entry + i, all ? entry : 0, __ATOMIC_RELEASE);
  }
  return all ? Errno::Ok : Errno::Exist;
}

void *Mem_space::ku_alias(Virt_addr address, Word bytes) const
{
  for (Ku_area *area = __atomic_load_n(&_ku_areas, __ATOMIC_ACQUIRE); area; area = area->next) {
    Word offset = address.value() - area->address;
    if (offset < area->bytes() && bytes <= area->bytes() - offset) return area->memory + offset;
  }
  return nullptr;
}

// SPDX-License-Identifier: MIT
#include "space/mem_space.h"

#include "arch/arch.h"
#include "mem/kmem.h"

bool Mem_space::init(Quota &quota, Identity identity)
{
  Map_space::init(quota, identity);
  if (!make_root_table()) return false;
  _root_word = arch::init_root_table(root_table());
  return true;
}

Step Mem_space::map(Mem_space &from, Mem_space &to, Map_item &item, Tlb_batch &tlb)
{
  if (item.send.order() < Page_shift) return Step::Done;
  Placement where = Placement::of(item, 0);
  Word room = where.to < User_pages_end ? User_pages_end - where.to : 0;
  if (where.size > room) where.size = room;
  return Map_space::map(from, to, where, item, tlb);
}

Step Mem_space::unmap(Unmap_item &item, Tlb_batch &tlb)
{
  if (item.pages.order() < Page_shift) return Step::Done;
  Region region = Region::of(item.pages, 0);
  return Map_space::unmap(region.base, region.size(), item.pages.rights(), item, tlb);
}

bool Mem_space::is_ku_area(Fpage page)
{
  constexpr unsigned Min_order = 12, Max_order = 17;
  Region region = Region::of(page, 0);
  return page.type() == Fpage::Type::Memory && region.order >= Min_order &&
         region.order <= Max_order && region.base + region.size() - 1 <= User_max;
}

// An area is aligned and at most 128 KiB long, so that all its entries are in one table. Its memory
// is taken and its pages are claimed at once; then they are cleared, and appear, from the last to
// the first. So as long as its first page is claimed, with its order, the area is unfinished.
Result<Step> Mem_space::add_ku_mem(Fpage page)
{
  if (!is_ku_area(page)) return Errno::Inval;
  Region region = Region::of(page, 0);
  Budget budget;
  Slot first = make_slot(region.base, 0, budget);
  if (!first.entry) return Errno::No_mem;
  if (first.level && !first.present()) return Step::More;
  if (first.level) return Errno::Exist; // a large page
  mark_used(first);
  unsigned order = region.order - Page_shift;
  Word claim = Page_entry::Claimed | Page_entry::Pinned | Word{order} << Ku_order_shift;
  if ((first.value & ~Page_entry::Frame_mask) != claim) {
    budget.spend(Budget::Map);
    Result<bool> claimed = claim_ku_pages(first.entry, order, claim);
    if (!claimed) return {claimed.error(), claimed.site()};
  }
  return clear_ku_pages(first.entry, order, budget);
}

// All pages or none. The first one comes last: whoever finds it claimed may go on.
Result<bool> Mem_space::claim_ku_pages(Word *entries, unsigned order, Word claim)
{
  unsigned pages = 1u << order, left = pages;
  Quota_guard charge(quota(), pages * Page_size);
  void *memory = charge ? Kmem::alloc(order) : nullptr;
  if (!memory) return Errno::No_mem;
  Word frame = Kmem::phys_of(memory).value();
  while (left && exchange_empty(entries + left - 1, claim | (frame + (left - 1) * Page_size)))
    --left;
  if (!left) {
    charge.keep();
    return true;
  }
  for (; left < pages; ++left)
    __atomic_store_n(entries + left, 0, __ATOMIC_RELEASE);
  Kmem::free(memory, order);
  return Errno::Exist; // a page of the area is in use
}

// Several CPUs may do this for one area: each page is cleared by the one that takes back the claim.
Step Mem_space::clear_ku_pages(Word *entries, unsigned order, Budget &budget)
{
  for (unsigned i = 1u << order; i--;) {
    Page_entry page(__atomic_load_n(entries + i, __ATOMIC_ACQUIRE));
    if (page.present()) continue;
    if (!budget.affords(Budget::Clear)) return Step::More;
    budget.spend(Budget::Clear);
    Word seen = page.value();
    bool mine = seen & Page_entry::Claimed &&
                __atomic_compare_exchange_n(entries + i, &seen, seen & ~Page_entry::Claimed, false,
                                            __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    if (!mine) return Step::More; // another CPU is at it
    __builtin_memset(Kmem::virt_of(page.frame()), 0, Page_size);
    // release: the page is clear when it can be found
    __atomic_store_n(entries + i,
                     page.frame().value() | Page_entry::rights_bits(Fpage::R | Fpage::W) |
                         Page_entry::Pinned,
                     __ATOMIC_RELEASE);
  }
  return Step::Done;
}

// The pages of an area, and of areas side by side if it so happens, are contiguous for the kernel,
// too.
void *Mem_space::ku_alias(Virt_addr address, Word bytes) const
{
  Word at = address.value(), offset = at % Page_size, first = 0;
  for (Word seen = 0; !seen || seen - offset < bytes; seen += Page_size) {
    Slot slot =
        at - offset + seen <= User_max ? walk_inline(at - offset + seen, Top_level) : Slot{};
    Word frame = slot.page().frame().value();
    if (!slot.present() || !slot.page().pinned() || (first && frame != first + seen))
      return nullptr;
    if (!first) first = frame;
  }
  return static_cast<u8 *>(Kmem::virt_of(Phys_addr(first))) + offset;
}

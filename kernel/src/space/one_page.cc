// SPDX-License-Identifier: MIT
// The shortest way for one small page of memory, which is what most messages with a mapping and most
// answers to page faults pass. Whatever is unusual is left, untouched, to map_pages.cc.
#include "mem/slab.h"
#include "space/mapping_tree.h"
#include "space/mem_space.h"
#include "space/walk.h"

namespace {

constexpr Word Ordinary_mask = Page_entry::Present | Page_entry::Pinned;

bool is_ordinary(Word entry)
{
  return (entry & Ordinary_mask) == Page_entry::Present;
}

} // namespace

bool Mem_space::map_page(Mem_space &from, Word source, Mem_space &to, Word destination,
                         Pass_on const &how)
{
  if (source > User_max || destination > User_max) return false;
  Slot page = from.walk_inline(source), place = to.walk_inline(destination);
  bool usual = !page.level && !place.level && !place.value && is_ordinary(page.value);
  if (!usual || !page.entry || !place.entry) return false;
  void *memory = Mapping_tree::alloc_small(to);
  if (!memory) return false;
  mark_used(place);
  Node *node = static_cast<Node *>(memory);
  node->space = &to;
  node->page = Node::make_page(destination, page.value, false);
  {
    Mapping_tree tree(page.page().frame());
    Word seen = __atomic_load_n(page.entry, __ATOMIC_RELAXED);
    Word entry = (seen & how.kept()) | how.added();
    // until the lock is released nobody looks at what is behind the entry
    if (Page_entry(seen).key() == page.page().key() && exchange_empty(place.entry, entry)) [[likely]] {
      Mapping_tree::insert_in_order(node_of(page.entry), node, false);
      node_of(place.entry) = node;
      return true;
    }
  }
  Mapping_tree::free_small(to, memory);
  return false;
}

bool Mem_space::unmap_page(Word address, u8 &access_flags, Tlb_batch &tlb)
{
  if (address > User_max) return false;
  Slot page = walk_inline(address);
  if (page.level || !page.entry || !is_ordinary(page.value)) return false;
  Node *node;
  {
    Mapping_tree tree(page.page().frame());
    Word seen = __atomic_load_n(page.entry, __ATOMIC_RELAXED);
    if (Page_entry(seen).key() != page.page().key()) return false;
    node = tree.remove_leaf(page.entry, seen);
    if (!node) return false;
    note_unmapped(address, Page_size, seen, false, tlb);
    access_flags = Page_entry(seen).access_flags();
  }
  Mapping_tree::free_small(*this, node);
  return true;
}

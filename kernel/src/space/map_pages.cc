// SPDX-License-Identifier: MIT
// Passing pages on (abi/ipc.md section 4, abi/kernel-objects.md section 2a).
#include "mem/slab.h"
#include "space/mapping_tree.h"
#include "space/mem_space.h"

constexpr Word Page_mask = Page_size - 1;

/// What is to be passed on next: what was seen of the source without a lock, and where it goes.
struct Map_space::Request {
  Map_space &from;
  Slot source;
  Word from_address, to_address;
  Word bytes; ///< as far as the operation goes
  Pass_on how;
  u8 rights = Fpage::R; ///< to pass on, at most
  bool grant = false;

  /// Of the part of the source that is mapped in the size of this level.
  Phys_addr frame(unsigned level) const
  {
    Phys_addr page = source.page().frame();
    return source.level == level ? page
                                 : page + trunc_to(from_address % Superpage_size, Page_shift);
  }
  /// The page is granted; a part of a page is mapped instead.
  bool is_grant(unsigned level) const { return grant && source.level == level; }
};

// progress: offset of the next page, a multiple of the page size; bit 0: what is in the way at
// the destination is being removed. That is finished even if the source vanishes with it.
Step Map_space::map(Map_space &from, Map_space &to, Placement const &where, Map_item &item,
                    Tlb_batch &tlb)
{
  Budget budget;
  Word &progress = item.progress;
  while ((progress & ~Page_mask) < where.size) {
    if (budget.is_spent()) return Step::More;
    Word offset = progress & ~Page_mask, source = where.from + offset,
         destination = where.to + offset;
    if (source > from._last || destination > to._last) break;
    if (progress & 1) {
      if (to.remove_page(destination, budget, tlb) == Step::More) return Step::More;
      progress = offset;
      // what was removed may have been the source: of an identity space asking again would not end
      if (from.is_identity() && !from.walk(source).present()) progress += Page_size;
      continue;
    }
    Request request{from,
                    from.walk(source),
                    source,
                    destination,
                    where.size - offset,
                    {item.control, item.send.rights()},
                    item.send.rights(),
                    item.control.is_grant()};
    Step step = to.map_next(request, item, budget, tlb);
    if (step != Step::Done) return step;
  }
  return Step::Done;
}

// Whatever is at the next place of a map(): one page, small pages side by side, or a gap.
// Step::Done: go on.
Step Map_space::map_next(Request const &request, Map_item &item, Budget &budget, Tlb_batch &tlb)
{
  Word &progress = item.progress, source = request.from_address;
  Slot const &slot = request.source;
  if (!slot.present()) {
    if (!request.from.is_identity())
      progress += request.from.skip_empty(slot, source, budget) - source;
    else if (!request.from.make_root(source, budget))
      return Step::No_memory;
    return Step::Done;
  }
  unsigned level = slot.level;
  if (level && ((source | request.to_address) % slot.span() || request.bytes < slot.span() ||
                walk(request.to_address).level < level))
    level = 0;
  unsigned pages = level || request.grant ? 0 : map_run(request, budget);
  if (pages) {
    item.note_mapped();
    progress += Word{pages} << Page_shift;
    return Step::Done;
  }
  budget.spend(Budget::Visit);
  if (!(slot.page().rights() & request.rights) || slot.page().pinned()) {
    progress += slot.span() - source % slot.span();
    return Step::Done;
  }
  return budget.is_spent() ? Step::More : map_piece(request, level, item, budget, tlb);
}

// The common case without detours: small pages, or pieces of a large one, to empty places. Goes on
// over neighbours as long as they are in the same tables and their trees share the lock. Returns
// how many pages were mapped; what stops it is left to map_piece().
unsigned Map_space::map_run(Request const &request, Budget &budget)
{
  if (!(request.rights & Fpage::R)) return 0;
  Slot slot = walk(request.to_address);
  if (slot.level) slot = make_slot(request.to_address, 0, budget);
  if (!slot.entry || slot.level || slot.value) return 0;
  unsigned count = unsigned(request.bytes >> Page_shift);
  auto limit = [&](Word most) { count = count < most ? count : unsigned(most); };
  // at the source the rest of the table or large page, here of the eighth that is marked
  limit((Superpage_size - request.from_address % Superpage_size) >> Page_shift);
  limit((Superpage_size / 8 - request.to_address % (Superpage_size / 8)) >> Page_shift);
  int next = request.source.level ? Budget::Divide_next : Budget::Map_next;
  limit(budget.left() < next ? 1 : Word(budget.left() / next));
  count = link_run(request, slot, count);
  if (count) budget.spend(Budget::Map + int(count) * next);
  return count;
}

// The same for a place for which there are tables. Inline: for one page, the most frequent case,
// nothing of the loop is left.
[[gnu::always_inline]] inline unsigned Map_space::link_run(Request const &request,
                                                           Slot const &place, unsigned count)
{
  void *nodes;
  count = Mapping_tree::alloc_small(*this, count, nodes);
  if (!count) return 0;
  mark_used(place);
  Phys_addr const first = request.frame(0);
  Pass_on const how = request.how;
  bool const divides = request.source.level;
  Word *source = request.source.entry, *entry = place.entry;
  Word address = request.to_address;
  unsigned done = 0;
  {
    Mapping_tree tree(first);
    for (; done < count; ++done, ++entry, address += Page_size) {
      Word seen = __atomic_load_n(source, __ATOMIC_RELAXED);
      Word frame =
          divides ? first.value() + (Word{done} << Page_shift) : seen & Page_entry::Frame_mask;
      bool usual = divides ? Page_entry(seen).key() == request.source.page().key()
                           : Page_entry(seen).is_ordinary() &&
                                 !((frame ^ first.value()) & Mapping_tree::Bucket_bits);
      if (!usual || !exchange_empty(entry, how.entry(seen, frame))) break;
      // until the lock is released nobody looks at what is behind the entry
      Node *node = static_cast<Node *>(Slab::pop(nodes));
      node->space = this;
      node->page = Node::make_page(address, frame, false);
      if (!divides) [[likely]] {
        Node *above = node_of(source);
        Mapping_tree::link(above->next, above, node, false);
        ++source;
      } else if (!tree.insert(node_of(source), node)) [[unlikely]] {
        __atomic_store_n(entry, 0, __ATOMIC_RELEASE);
        Slab::push(nodes, node);
        break;
      }
      node_of(entry) = node;
    }
    if (done) note_mapped(request.to_address, Word{done} << Page_shift);
  }
  if (done < count) Mapping_tree::free_small(*this, count - done, nodes);
  return done;
}

bool Mem_space::map_page(Mem_space &from, Word source, Mem_space &to, Word destination,
                         Send_item control, u8 rights)
{
  if (source > User_max || destination >= User_pages_end) return false;
  Request request{
      from, from.walk_inline(source, Top_level), source, destination, Page_size, {control, rights}};
  Slot place = to.walk_inline(destination, Top_level);
  if (!request.source.present() || !place.entry || place.level || place.value) return false;
  return to.link_run(request, place, 1);
}

// One page, in the size of this level. Without progress if something changed meanwhile.
Step Map_space::map_piece(Request const &request, unsigned level, Map_item &item, Budget &budget,
                          Tlb_batch &tlb)
{
  Slot slot = make_slot(request.to_address, level, budget);
  if (!slot.entry) return Step::No_memory;
  budget.spend(Budget::Map);
  if (slot.level < level) return Step::Done; // small pages came here
  Phys_addr frame = request.frame(level);
  Mapping_tree tree(frame);
  Word seen = __atomic_load_n(request.source.entry, __ATOMIC_RELAXED);
  if (Page_entry(seen).key() != request.source.page().key()) return Step::Done;
  Node *source = node_of(request.source.entry);

  slot.value = __atomic_load_n(slot.entry, __ATOMIC_RELAXED);
  Page_entry old = slot.page();
  if (slot.level && old.is_table()) return Step::Done;
  // a large page went, or the way is not complete yet
  if (!old.present() && slot.level != level) return Step::Done;
  if (old.present() && !old.pinned()) {
    // the node may be looked at if the frame is the one whose tree is locked
    bool same = slot.level == level && old.frame() == frame && !request.is_grant(level);
    if (!same || node_of(slot.entry)->parent != source->ref()) {
      item.progress |= 1;
      return Step::Done;
    }
    add_rights(slot, request.to_address, Page_entry(seen).rights() & request.rights, tlb);
  } else if (!old.pinned()) {
    // Claimed, the entry is nobody else's; nothing can be seen in it until all is in place.
    if (!exchange_empty(slot.entry, Page_entry::Claimed)) return Step::Done;
    Word page = Node::make_page(request.to_address, frame.value(), level);
    Node *node = request.is_grant(level) ? granted_node(request, tree, page, seen, tlb)
                                         : tree.derive(source, *this, page);
    node_of(slot.entry) = node;
    Word large = level ? Word{Page_entry::Large} : 0;
    __atomic_store_n(slot.entry, node ? request.how.entry(seen, frame.value() | large) : 0,
                     __ATOMIC_RELEASE);
    if (!node) return Step::No_memory;
    note_mapped(request.to_address, span_of(level));
  }
  if (!old.pinned()) item.note_mapped();
  item.progress += span_of(level);
  return Step::Done;
}

// Mapped again from the same page, with more rights.
void Map_space::add_rights(Slot const &slot, Word address, u8 rights, Tlb_batch &tlb)
{
  u8 missing = rights & ~slot.page().rights();
  if (missing & Fpage::W) __atomic_fetch_or(slot.entry, Page_entry::Write, __ATOMIC_RELAXED);
  if (missing & Fpage::X) __atomic_fetch_and(slot.entry, ~Page_entry::No_execute, __ATOMIC_RELAXED);
  if (missing) unmapped(address, slot.span(), slot.level, tlb); // forget the weaker translation
}

// The old entry goes before the new one is visible; what derived from the page stays below the
// node.
Node *Map_space::granted_node(Request const &request, Mapping_tree &tree, Word page, Word &seen,
                              Tlb_batch &tlb)
{
  Slot const &source = request.source;
  Node *node = node_of(source.entry);
  if (!tree.move(node, *this, page)) return nullptr;
  seen = __atomic_exchange_n(source.entry, 0, __ATOMIC_RELEASE);
  request.from.note_unmapped(request.from_address, source.span(), seen, source.level, tlb);
  return node;
}

// Remove the page that covers an address, with everything derived from it.
Step Map_space::remove_page(Word address, Budget &budget, Tlb_batch &tlb)
{
  Unmap_item item{.pages = Fpage(), .own = true};
  while (!budget.is_spent()) {
    Slot slot = walk(address);
    if (!slot.present() || slot.page().pinned()) return Step::Done;
    budget.spend(Budget::Visit);
    if (unmap_one(slot, address, address, Fpage::R, item, budget, tlb) == Step::Done)
      return Step::Done;
  }
  return Step::More;
}

// progress: offset of the next page; the low 12 bits are the ticket of an unfinished walk.
Step Map_space::unmap(Word base, Word size, u8 rights, Unmap_item &item, Tlb_batch &tlb)
{
  Budget budget;
  while ((item.progress & ~Page_mask) < size) {
    if (budget.is_spent()) return Step::More;
    Word address = base + (item.progress & ~Page_mask);
    if (address > _last) break;
    Slot slot = walk(address);
    if (!slot.present()) {
      item.progress = skip_empty(slot, address, budget) - base;
      continue;
    }
    Word left = size - (address - base);
    if (!slot.level && item.own && rights & Fpage::R) [[likely]]
      if (Word bytes = remove_run(slot, address, left, item.access_flags, budget, tlb)) {
        item.progress = address - base + bytes;
        continue;
      }
    budget.spend(Budget::Visit);
    if (slot.page().pinned()) {
      item.progress = address + Page_size - base;
      continue;
    }
    Word in_page = slot.span() - address % slot.span();
    Word end = address + (left < in_page ? left : in_page);
    if (unmap_one(slot, address, end, rights, item, budget, tlb) == Step::Done)
      item.progress = address + in_page - base;
  }
  return Step::Done;
}

// The common case of unmap(): small pages of which nothing is derived, in one table, with trees
// that share a lock. Returns how many bytes of them were removed.
Word Map_space::remove_run(Slot const &slot, Word address, Word bytes, u8 &access_flags,
                           Budget &budget, Tlb_batch &tlb)
{
  Word in_table = Superpage_size - address % Superpage_size;
  unsigned count = unsigned((bytes < in_table ? bytes : in_table) >> Page_shift);
  unsigned affordable = unsigned(budget.left() / Budget::Remove_next) + 1;
  count = unlink_run(slot, address, count < affordable ? count : affordable, access_flags, tlb);
  if (count) budget.spend(Budget::Remove + int(count) * Budget::Remove_next);
  return Word{count} << Page_shift;
}

[[gnu::always_inline]] inline unsigned Map_space::unlink_run(Slot const &slot, Word address,
                                                             unsigned count, u8 &access_flags,
                                                             Tlb_batch &tlb)
{
  Mapping_tree::Removed removed;
  {
    Mapping_tree tree(slot.page().frame());
    removed = tree.remove_leaves(slot.entry, slot.page().frame(), count);
    if (!removed.pages) return 0;
    note_unmapped(address, Word{removed.pages} << Page_shift, removed.entries, false, tlb);
  }
  Mapping_tree::free_small(*this, removed.pages, removed.nodes);
  access_flags |= Page_entry(removed.entries).access_flags();
  return removed.pages;
}

bool Mem_space::unmap_page(Word address, u8 &access_flags, Tlb_batch &tlb)
{
  if (address > User_max) return false;
  Slot page = walk_inline(address, Top_level);
  access_flags = 0;
  return page.present() && !page.level && unlink_run(page, address, 1, access_flags, tlb);
}

// The range [address, end) of one page, with item.own all of it. Step::More: this page is not done,
// try again.
Step Map_space::unmap_one(Slot const &slot, Word address, Word end, u8 rights, Unmap_item &item,
                          Budget &budget, Tlb_batch &tlb)
{
  Mapping_tree tree(slot.page().frame());
  Page_entry now(__atomic_load_n(slot.entry, __ATOMIC_RELAXED));
  if (now.key() != slot.page().key()) return Step::More;
  Mapping_tree::Sweep sweep{node_of(slot.entry)};
  if (slot.level && !item.own) {
    sweep.first = unsigned(address % slot.span() >> Page_shift);
    sweep.end = unsigned((end - 1) % slot.span() >> Page_shift) + 1;
  }
  sweep.access_flags = now.access_flags();
  bool done;
  if (rights & Fpage::R) {
    done = tree.remove_children(sweep, budget, tlb);
    if (done && item.own) {
      sweep.access_flags |= tree.remove(sweep.top, slot.entry, tlb);
      budget.spend(Budget::Remove);
    }
  } else {
    if (item.own) sweep.access_flags |= Mapping_tree::withdraw(sweep.top, rights, tlb);
    Word &progress = item.progress;
    unsigned ticket = tree.withdraw_children(sweep, rights, progress & Page_mask, budget, tlb);
    progress = (progress & ~Page_mask) | ticket;
    done = !ticket;
  }
  item.access_flags |= sweep.access_flags;
  // what was found is remembered in the invoked space's page for a later unmap
  if (!(rights & Fpage::R && item.own && done))
    __atomic_fetch_or(slot.entry, Page_entry::access_bits(sweep.access_flags), __ATOMIC_RELAXED);
  return done ? Step::Done : Step::More;
}

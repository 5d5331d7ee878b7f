// SPDX-License-Identifier: MIT
// Passing pages on (abi/ipc.md section 4, abi/kernel-objects.md section 2a).
#include "space/map_space.h"
#include "space/mapping_tree.h"

namespace {

constexpr Word Page_mask = Page_size - 1;

bool is_aligned(Word address, unsigned level)
{
  return address % (Page_size << 9 * level) == 0;
}

} // namespace

/// One page, or the part of it that fits: what was seen of the source without a lock.
struct Map_space::Piece_request {
  Map_space &from, &to;
  Slot source;
  Word from_address, to_address;
  unsigned level; ///< size to map
  u8 rights;      ///< to pass on, at most
  Send_item control;

  Word bytes() const { return span_of(level); }
  Phys_addr frame() const
  {
    return source.page().frame() + trunc_to(from_address % source.span(), Page_shift + 9 * level);
  }
  /// The page is granted; a part of a page is mapped instead.
  bool is_grant() const { return control.is_grant() && source.level == level; }
  Word node_page() const { return Node::make_page(to_address, frame().value(), level); }
  /// `seen`: the source's entry. A new mapping starts with the access flags of its source.
  Word new_entry(Word seen) const
  {
    return frame().value() | (level ? Word{Page_entry::Large} : 0) |
           (seen & Page_entry::Access_mask) |
           Page_entry::rights_bits(Page_entry(seen).rights() & rights) |
           Page_entry::cache_bits(control.attributes(), seen);
  }
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
    Word offset = progress & ~Page_mask;
    Word source = where.from + offset, destination = where.to + offset;
    if (source > from._last || destination > to._last) return Step::Done;
    bool was_occupied = progress & 1;
    if (was_occupied) {
      if (to.remove_page(destination, budget, tlb) == Step::More) return Step::More;
      progress = offset;
    }
    Slot slot = from.walk(source);
    if (!slot.present()) {
      if (!from.is_identity())
        progress = from.skip_empty(slot, source, budget) - where.from;
      else if (was_occupied) // by the source itself: asking for it again would not end
        progress = offset + Page_size;
      else if (from.make_root(source))
        budget.spend(Budget::Map);
      else
        return Step::No_memory;
      continue;
    }
    budget.spend(Budget::Visit);
    u8 rights = slot.page().rights() & item.send.rights();
    if (!rights || slot.page().pinned()) {
      progress = trunc_to(source, Page_shift + 9 * slot.level) + slot.span() - where.from;
      continue;
    }
    unsigned level = slot.level;
    if (level && (!is_aligned(source | destination, level) || where.size - offset < slot.span() ||
                  to.walk(destination).level < level))
      level = 0;
    Piece_request piece{from, to, slot, source, destination, level, rights, item.control};
    budget.spend(Budget::Map - Budget::Visit);
    switch (to.map_piece(piece, tlb)) {
    case Piece::Mapped:
      item.mapped = true;
      [[fallthrough]];
    case Piece::Skipped:
      progress = offset + span_of(level);
      break;
    case Piece::Retry:
      break;
    case Piece::Occupied:
      progress |= 1;
      break;
    case Piece::No_memory:
      return Step::No_memory;
    }
  }
  return Step::Done;
}

Map_space::Piece Map_space::map_piece(Piece_request const &piece, Tlb_batch &tlb)
{
  if (!prepare()) return Piece::No_memory;
  Slot slot = make_slot(piece.to_address, piece.level);
  if (!slot.entry) return Piece::No_memory;
  if (slot.level < piece.level) return Piece::Retry; // meanwhile small pages came here
  Mapping_tree tree(piece.frame());
  Page_entry now(__atomic_load_n(piece.source.entry, __ATOMIC_RELAXED));
  if (now.key() != piece.source.page().key()) return Piece::Retry;
  Node *source = node_of(piece.source.entry);

  Page_entry old(__atomic_load_n(slot.entry, __ATOMIC_RELAXED));
  if (slot.level && old.is_table()) return Piece::Retry;
  if (!old.present() && slot.level != piece.level) return Piece::Retry; // a large page went
  if (old.present()) {
    if (old.pinned()) return Piece::Skipped;
    // the node may be looked at if the frame is the one whose tree is locked
    bool same = slot.level == piece.level && old.frame() == piece.frame();
    if (!same || piece.is_grant() || !Mapping_tree::is_child(node_of(slot.entry), source))
      return Piece::Occupied;
    u8 rights = now.rights() & piece.rights;
    if (rights & ~old.rights()) {
      if (rights & Fpage::W) __atomic_fetch_or(slot.entry, Page_entry::Write, __ATOMIC_RELAXED);
      if (rights & Fpage::X)
        __atomic_fetch_and(slot.entry, ~Page_entry::No_execute, __ATOMIC_RELAXED);
      unmapped(piece.to_address, piece.bytes(), tlb); // forget the weaker translation
    }
    return Piece::Mapped;
  }
  // Claimed, the entry is nobody else's; nothing can be seen in it until all is in place.
  if (!exchange_empty(slot.entry, Page_entry::Claimed)) return Piece::Retry;
  Word seen = now.value();
  Node *node = piece.is_grant() ? granted_node(piece, tree, source, seen, tlb)
                                : copy_node(piece, tree, source);
  node_of(slot.entry) = node;
  __atomic_store_n(slot.entry, node ? piece.new_entry(seen) : 0, __ATOMIC_RELEASE);
  if (!node) return Piece::No_memory;
  mapped(piece.to_address, piece.bytes());
  return Piece::Mapped;
}

Node *Map_space::copy_node(Piece_request const &piece, Mapping_tree &tree, Node *source)
{
  Node *node = Mapping_tree::create(*this, piece.node_page());
  if (!node || tree.insert(source, node)) return node;
  Mapping_tree::destroy(node);
  return nullptr;
}

// The old entry goes before the new one is visible; what derived from the page stays below the
// node.
Node *Map_space::granted_node(Piece_request const &piece, Mapping_tree &tree, Node *source,
                              Word &seen, Tlb_batch &tlb)
{
  if (!tree.move(source, *this, piece.node_page())) return nullptr;
  node_of(piece.source.entry) = nullptr;
  seen = __atomic_exchange_n(piece.source.entry, 0, __ATOMIC_RELEASE);
  piece.from.unmapped(piece.from_address, piece.bytes(), tlb);
  return source;
}

// Remove the page that covers an address, with everything derived from it.
Step Map_space::remove_page(Word address, Budget &budget, Tlb_batch &tlb)
{
  while (!budget.is_spent()) {
    Slot slot = walk(address);
    if (!slot.present() || slot.page().pinned()) return Step::Done;
    budget.spend(Budget::Visit);
    Mapping_tree tree(slot.page().frame());
    Page_entry now(__atomic_load_n(slot.entry, __ATOMIC_RELAXED));
    if (now.key() != slot.page().key()) continue;
    Mapping_tree::Sweep sweep{node_of(slot.entry)};
    if (!tree.remove_children(sweep, budget, tlb)) break;
    tree.remove(sweep.top, tlb);
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
    budget.spend(Budget::Visit);
    if (slot.page().pinned()) {
      item.progress = address + Page_size - base;
      continue;
    }
    Word page = trunc_to(address, Page_shift + 9 * slot.level);
    Word end = size - (address - base) < slot.span() ? base + size : page + slot.span();
    if (end > page + slot.span()) end = page + slot.span();
    if (unmap_page(slot, address, end, rights, item, budget, tlb) == Step::Done)
      item.progress = page + slot.span() - base;
  }
  return Step::Done;
}

// The range [address, end) of one page. Step::More: this page is not done, try again.
Step Map_space::unmap_page(Slot const &slot, Word address, Word end, u8 rights, Unmap_item &item,
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
      sweep.access_flags |= tree.remove(sweep.top, tlb);
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

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
  Word new_entry(Word seen) const
  {
    return entry_of(frame().value() | (level ? Word{Page_entry::Large} : 0), seen);
  }
  /// `seen`: the source's entry. A new mapping starts with the access flags of its source.
  Word entry_of(Word frame_and_size, Word seen) const
  {
    return frame_and_size | (seen & Page_entry::Access_mask) |
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
    if (!level && !item.control.is_grant()) {
      piece.rights = item.send.rights(); // the neighbours' may be others
      if (unsigned pages =
              to.map_run(piece, unsigned((where.size - offset) >> Page_shift), budget)) {
        item.mapped = true;
        progress = offset + (Word{pages} << Page_shift);
        continue;
      }
      piece.rights = rights;
    }
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

// The common case without detours: small pages to empty places. Goes on over neighbours as long as
// they are in the same tables and their trees share the lock. Returns how many pages were mapped;
// what stops it is left to map_piece().
unsigned Map_space::map_run(Piece_request const &first, unsigned most, Budget &budget)
{
  // clearing the place may have taken the whole budget
  if (budget.is_spent() || !prepare()) return 0;
  Slot slot = make_slot(first.to_address, 0);
  if (!slot.entry || slot.level || slot.value) return 0;
  auto pages_left = [](Word address, Word span) {
    return unsigned((span - address % span) >> Page_shift);
  };
  // at the source the rest of the table or of the large page, here of the eighth that is marked
  unsigned count = pages_left(first.from_address, Superpage_size);
  unsigned here = pages_left(first.to_address, Superpage_size / 8);
  if (count > here) count = here;
  if (count > most) count = most;
  if (int(count) > budget.left()) count = unsigned(budget.left());
  Quota_guard charge(*_quota, count * sizeof(Node));
  if (!charge) return 0;
  charge.keep();

  bool divides = first.source.level;
  Phys_addr frame = first.frame();
  Word *source = first.source.entry;
  Word address = first.to_address;
  unsigned done = 0;
  {
    Mapping_tree tree(frame);
    for (; done < count; ++done, address += Page_size) {
      Word seen = __atomic_load_n(source, __ATOMIC_RELAXED);
      Page_entry page(seen);
      if (!(page.rights() & first.rights) || page.pinned()) break;
      if (divides) {
        if (page.key() != first.source.page().key()) break;
      } else {
        frame = page.frame();
        if (!tree.covers(frame)) break;
      }
      Node *parent = node_of(source);
      if (!exchange_empty(slot.entry, Page_entry::Claimed)) break;
      Node *node =
          Mapping_tree::create_charged(*this, Node::make_page(address, frame.value(), false));
      if (!node || !tree.insert(parent, node)) {
        if (node) Mapping_tree::destroy_uncharged(node);
        __atomic_store_n(slot.entry, 0, __ATOMIC_RELEASE);
        break;
      }
      node_of(slot.entry) = node;
      __atomic_store_n(slot.entry++, first.entry_of(frame.value(), seen), __ATOMIC_RELEASE);
      mapped(address, Page_size);
      if (divides)
        frame = frame + Page_size;
      else
        ++source;
    }
  }
  if (done < count) _quota->refund((count - done) * sizeof(Node));
  budget.spend(int(done) * Budget::Map_next);
  return done;
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
    tree.remove(sweep.top, slot.entry, tlb);
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
    if (!slot.level && item.own && rights & Fpage::R) {
      Word left = size - (item.progress & ~Page_mask);
      if (unsigned pages = remove_run(slot, address, left, item, budget, tlb)) {
        item.progress = address - base + (Word{pages} << Page_shift);
        continue;
      }
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

// The common case of unmap(): small pages of which nothing is derived, in one table, with trees
// that share a lock. Returns how many neighbours were removed.
unsigned Map_space::remove_run(Slot const &slot, Word address, Word bytes, Unmap_item &item,
                               Budget &budget, Tlb_batch &tlb)
{
  Word in_table = Superpage_size - address % Superpage_size;
  unsigned count = unsigned((bytes < in_table ? bytes : in_table) >> Page_shift), done = 0;
  Mapping_tree tree(slot.page().frame());
  for (Word *entry = slot.entry; done < count && !budget.is_spent(); ++done, ++entry) {
    Page_entry page(__atomic_load_n(entry, __ATOMIC_RELAXED));
    if (!page.present() || page.pinned() || !tree.covers(page.frame())) break;
    Node *node = node_of(entry);
    if (!Mapping_tree::is_leaf(node)) break;
    item.access_flags |= tree.remove(node, entry, tlb);
    budget.spend(Budget::Remove_next);
  }
  return done;
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

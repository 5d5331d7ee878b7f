// SPDX-License-Identifier: MIT
// Passing pages on (abi/ipc.md section 4, abi/kernel-objects.md section 2a).
#include "space/map_space.h"

#include "mem/slab.h"
#include "space/mapping_tree.h"
#include "space/walk.h"

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

/// Small pages beside each other, to be mapped to empty places; not granted.
struct Map_space::Run {
  Slot source;
  Word from, to, bytes;
  Pass_on how;

  Phys_addr frame() const
  {
    Phys_addr page = source.page().frame();
    return source.level ? page + trunc_to(from % source.span(), Page_shift) : page;
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
    if (source > from._last || destination > to._last) break;
    Slot slot = from.walk_inline(source);
    bool ordinary = slot.present() && !(progress & 1) && !item.control.is_grant();
    if (ordinary && !slot.level && item.send.rights() & Fpage::R) [[likely]] {
      Run run{slot, source, destination, where.size - offset, {item.control, item.send.rights()}};
      if (unsigned pages = to.map_run(run, budget)) {
        item.mapped = true;
        progress = offset + (Word{pages} << Page_shift);
        continue;
      }
    }
    Step step = to.map_one(from, slot, where, item, budget, tlb);
    if (step != Step::Done) return step;
  }
  return Step::Done;
}

// Whatever is at the next place of a map(), for as much as one page is. Step::Done: go on.
Step Map_space::map_one(Map_space &from, Slot const &slot, Placement const &where, Map_item &item,
                        Budget &budget, Tlb_batch &tlb)
{
  Word &progress = item.progress;
  Word offset = progress & ~Page_mask;
  Word source = where.from + offset, destination = where.to + offset;
  if (progress & 1) {
    if (remove_page(destination, budget, tlb) == Step::More) return Step::More;
    progress = offset;
    // what was removed may have been the source: of an identity space asking again would not end
    if (from.is_identity() && !from.walk(source).present()) progress += Page_size;
    return Step::Done;
  }
  if (!slot.present()) {
    if (!from.is_identity())
      progress = from.skip_empty(slot, source, budget) - where.from;
    else if (!from.make_root(source, budget))
      return Step::No_memory;
    return Step::Done;
  }
  budget.spend(Budget::Visit);
  u8 rights = slot.page().rights() & item.send.rights();
  if (!rights || slot.page().pinned()) {
    progress = trunc_to(source, Page_shift + 9 * slot.level) + slot.span() - where.from;
    return Step::Done;
  }
  return map_present(from, slot, where, item, budget, tlb);
}

// The same for a page that is there, and has some of the rights.
Step Map_space::map_present(Map_space &from, Slot const &slot, Placement const &where,
                            Map_item &item, Budget &budget, Tlb_batch &tlb)
{
  Word &progress = item.progress;
  Word offset = progress, source = where.from + offset, destination = where.to + offset;
  u8 rights = slot.page().rights() & item.send.rights();
  unsigned level = slot.level;
  if (level && (!is_aligned(source | destination, level) || where.size - offset < slot.span() ||
                walk(destination).level < level))
    level = 0;
  if (!level && slot.level && !item.control.is_grant() && item.send.rights() & Fpage::R) {
    Run run{slot, source, destination, where.size - offset, {item.control, item.send.rights()}};
    if (unsigned pages = map_run(run, budget)) {
      item.mapped = true;
      progress = offset + (Word{pages} << Page_shift);
      return Step::Done;
    }
  }
  if (budget.is_spent()) return Step::More;
  Piece_request piece{from, *this, slot, source, destination, level, rights, item.control};
  switch (map_piece(piece, budget, tlb)) {
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
  return Step::Done;
}

// The common case without detours: small pages to empty places. Goes on over neighbours as long as
// they are in the same tables and their trees share the lock. Returns how many pages were mapped;
// what stops it is left to map_one().
unsigned Map_space::map_run(Run const &run, Budget &budget)
{
  Slot slot = walk_inline(run.to);
  if (slot.level) slot = make_slot(run.to, 0, budget);
  if (!slot.entry || slot.level || slot.value) return 0;
  mark_used(slot);
  unsigned count = unsigned(run.bytes >> Page_shift);
  if (count != 1) {
    auto limit = [&](unsigned most) { count = count < most ? count : most; };
    // at the source the rest of the table or large page, here of the eighth that is marked
    limit(unsigned((Superpage_size - run.from % Superpage_size) >> Page_shift));
    limit(unsigned((Superpage_size / 8 - run.to % (Superpage_size / 8)) >> Page_shift));
    int next = run.source.level ? Budget::Divide_next : Budget::Map_next;
    limit(budget.left() < next ? 1 : unsigned(budget.left() / next));
  }
  void *nodes;
  count = Mapping_tree::alloc_small(*this, count, nodes);
  if (!count) return 0;
  unsigned done = link_run(run, slot.entry, count, nodes);
  if (done < count) Mapping_tree::free_small(*this, count - done, nodes);
  budget.spend(Budget::Map +
               int(done) * (run.source.level ? Budget::Divide_next : Budget::Map_next));
  return done;
}

unsigned Map_space::link_run(Run const &run, Word *entry, unsigned count, void *&nodes)
{
  constexpr Word Ordinary = Page_entry::Present | Page_entry::Pinned;
  Word first = run.frame().value(), added = run.how.added();
  Word kept = run.how.kept() & ~Page_entry::Frame_mask;
  bool divides = run.source.level;
  Word *source = run.source.entry;
  Word address = run.to;
  unsigned done = 0;
  Mapping_tree tree{Phys_addr(first)};
  for (; done < count; ++done, ++entry, address += Page_size) {
    Word seen = __atomic_load_n(source, __ATOMIC_RELAXED), frame = seen & Page_entry::Frame_mask;
    if (divides) {
      if (Page_entry(seen).key() != run.source.page().key()) break;
      frame = first + (Word{done} << Page_shift);
    } else if ((seen & Ordinary) != Page_entry::Present ||
               (frame ^ first) & Mapping_tree::Bucket_bits) {
      break;
    }
    if (!exchange_empty(entry, (seen & kept) | added | frame)) break;
    // until the lock is released nobody looks at what is behind the entry
    Node *parent = node_of(source), *node = static_cast<Node *>(Slab::pop(nodes));
    node->space = this;
    node->page = Node::make_page(address, frame, false);
    if (divides) {
      if (!tree.insert(parent, node)) [[unlikely]] {
        __atomic_store_n(entry, 0, __ATOMIC_RELEASE);
        Slab::push(nodes, node);
        break;
      }
    } else {
      Mapping_tree::insert_in_order(parent, node, false);
      ++source;
    }
    node_of(entry) = node;
  }
  if (done) note_mapped(run.to, Word{done} << Page_shift);
  return done;
}

Map_space::Piece Map_space::map_piece(Piece_request const &piece, Budget &budget, Tlb_batch &tlb)
{
  Slot slot = make_slot(piece.to_address, piece.level, budget);
  if (!slot.entry) return Piece::No_memory;
  budget.spend(Budget::Map);
  if (slot.level < piece.level) return Piece::Retry; // meanwhile small pages came here
  Mapping_tree tree(piece.frame());
  Page_entry now(__atomic_load_n(piece.source.entry, __ATOMIC_RELAXED));
  if (now.key() != piece.source.page().key()) return Piece::Retry;
  Node *source = node_of(piece.source.entry);

  Page_entry old(__atomic_load_n(slot.entry, __ATOMIC_RELAXED));
  if (old.pinned()) return Piece::Skipped;
  if (slot.level && old.is_table()) return Piece::Retry;
  // a large page went, or the way is not complete yet
  if (!old.present() && slot.level != piece.level) return Piece::Retry;
  if (old.present()) {
    // the node may be looked at if the frame is the one whose tree is locked
    bool same = slot.level == piece.level && old.frame() == piece.frame();
    if (!same || piece.is_grant() || !Mapping_tree::is_child(node_of(slot.entry), source))
      return Piece::Occupied;
    u8 rights = now.rights() & piece.rights;
    if (rights & ~old.rights()) {
      if (rights & Fpage::W) __atomic_fetch_or(slot.entry, Page_entry::Write, __ATOMIC_RELAXED);
      if (rights & Fpage::X)
        __atomic_fetch_and(slot.entry, ~Page_entry::No_execute, __ATOMIC_RELAXED);
      unmapped(piece.to_address, piece.bytes(), piece.level, tlb); // forget the weaker translation
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
  note_mapped(piece.to_address, piece.bytes());
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
  seen = __atomic_exchange_n(piece.source.entry, 0, __ATOMIC_RELEASE);
  piece.from.note_unmapped(piece.from_address, piece.bytes(), seen, piece.level, tlb);
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
    budget.spend(Budget::Remove);
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
    Slot slot = walk_inline(address);
    if (!slot.present()) {
      item.progress = skip_empty(slot, address, budget) - base;
      continue;
    }
    if (!slot.level && item.own && rights & Fpage::R) [[likely]] {
      Word left = size - (item.progress & ~Page_mask);
      if (unsigned pages = remove_run(slot, address, left, item.access_flags, budget, tlb)) {
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
unsigned Map_space::remove_run(Slot const &slot, Word address, Word bytes, u8 &access_flags,
                               Budget &budget, Tlb_batch &tlb)
{
  Word in_table = Superpage_size - address % Superpage_size;
  unsigned count = unsigned((bytes < in_table ? bytes : in_table) >> Page_shift);
  unsigned affordable = unsigned(budget.left() / Budget::Remove_next) + 1;
  Mapping_tree::Removed removed;
  {
    Mapping_tree tree(slot.page().frame());
    removed = tree.remove_leaves(slot.entry, count < affordable ? count : affordable);
    if (!removed.pages) return 0;
    note_unmapped(address, Word{removed.pages} << Page_shift, removed.entries, false, tlb);
  }
  Mapping_tree::free_small(*this, removed.pages, removed.nodes);
  access_flags |= Page_entry(removed.entries).access_flags();
  budget.spend(Budget::Remove + int(removed.pages) * Budget::Remove_next);
  return removed.pages;
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

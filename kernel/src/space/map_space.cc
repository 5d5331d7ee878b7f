// SPDX-License-Identifier: MIT
// Tables: how a page is found, how tables come and go.
#include "space/map_space.h"

#include "mem/kmem.h"
#include "space/mapping_tree.h"

namespace {

constexpr unsigned Entries = 512;
/// From this level up entries never map pages, and tables have no shadow.
constexpr unsigned Levels_with_leaves = 2;

Word *table_of(Word entry) { return static_cast<Word *>(Kmem::virt_of(Page_entry(entry).frame())); }

constexpr unsigned Group = 8;

// A cache line of entries at once.
bool is_empty_group(Word const *entry)
{
  Word any = 0;
#pragma GCC unroll 8
  for (unsigned i = 0; i < Group; ++i)
    any |= __atomic_load_n(entry + i, __ATOMIC_RELAXED);
  return !any;
}

unsigned table_order(unsigned level) { return level < Levels_with_leaves ? 1 : 0; }

} // namespace

bool Map_space::exchange_empty(Word *entry, Word value)
{
  // release: the table, or the page, that the entry names is complete before it can be found
  Word empty = 0;
  return __atomic_compare_exchange_n(entry, &empty, value, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED);
}

Word *Map_space::make_table(unsigned level)
{
  unsigned order = table_order(level);
  Quota_guard charge(*_quota, Page_size << order);
  if (!charge) return nullptr;
  // the shadow needs no clearing: it is looked at only where the entry is present
  Word *table = static_cast<Word *>(Kmem::alloc_clear(order));
  if (!table) return nullptr;
  charge.keep();
  return table;
}

void Map_space::free_table(Word *table, unsigned level)
{
  Kmem::free_clear(table, table_order(level));
  _quota->refund(Page_size << table_order(level));
}

bool Map_space::make_root_table()
{
  if (root_table()) return true;
  Word *table = make_table(_top_level);
  if (!table) return false;
  Word *none = nullptr;
  if (!__atomic_compare_exchange_n(&_root, &none, table, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
    free_table(table, _top_level);
  return true;
}

Map_space::Slot Map_space::walk(Word address) const { return walk_inline(address, _top_level); }

Map_space::Slot Map_space::make_slot(Word address, unsigned level, Budget &budget)
{
  if (!root_table()) {
    budget.spend(Budget::Table);
    if (!make_root_table()) return {nullptr, _top_level, 0, nullptr};
  }
  while (true) {
    Slot slot = walk(address);
    if (slot.present()) return slot;
    mark_used(slot);
    if (slot.level <= level || !budget.affords(Budget::Table)) return slot;
    budget.spend(Budget::Table);
    Word *table = make_table(slot.level - 1);
    if (!table) return {nullptr, slot.level, 0, nullptr};
    Word entry = Kmem::phys_of(table).value() | Page_entry::Table;
    if (!exchange_empty(slot.entry, entry)) free_table(table, slot.level - 1); // someone was faster
  }
}

// The first address after an empty slot at which there may be something: in the same table, or
// behind it, or where the budget is spent. Costs little per entry, at most one table is looked at,
// and of that the used eighths.
Word Map_space::skip_empty(Slot const &slot, Word address, Budget &budget) const
{
  constexpr unsigned Eighth = Entries / 8;
  if (!slot.entry) return _last + 1;
  budget.spend(Budget::Scan);
  unsigned shift = Page_shift + 9 * slot.level, first = address >> shift & (Entries - 1);
  unsigned used = Page_entry(__atomic_load_n(slot.table, __ATOMIC_ACQUIRE)).eighths();
  // the kernel's half is no part of the space
  unsigned next = first + 1, end = slot.level == 3 ? Entries / 2 : Entries;
  Word const *table = slot.entry - first;
  while (next < end && !budget.is_spent()) {
    unsigned left = used >> next / Eighth;
    if (!(left & 1)) {
      next = left ? (next / Eighth + unsigned(__builtin_ctz(left))) * Eighth : end;
    } else if (next % Group == 0 && is_empty_group(table + next)) {
      budget.spend(Budget::Scan_group);
      next += Group;
    } else {
      if (__atomic_load_n(table + next, __ATOMIC_RELAXED)) break;
      budget.spend(Budget::Scan_entry);
      ++next;
    }
  }
  return trunc_to(address, shift) + (Word{(next < end ? next : end) - first} << shift);
}

bool Map_space::make_root(Word address, Budget &budget)
{
  if (address > _last) return false;
  while (!budget.is_spent()) {
    budget.spend(Budget::Map);
    Slot slot = make_slot(address, 1, budget);
    if (!slot.entry) return false;
    if (slot.present()) return true;
    if (slot.level > 1) break;
    Word frame = trunc_to(address, Page_shift + 9 * slot.level);
    Word large = slot.level ? Word{Page_entry::Large} : 0;
    Mapping_tree tree{Phys_addr(frame)};
    Node *node = Mapping_tree::create(*this, Node::make_page(frame, frame, large));
    if (!node) return false;
    if (!exchange_empty(slot.entry, frame | large | Page_entry::rights_bits(7))) {
      Mapping_tree::destroy(node);
      continue;
    }
    node_of(slot.entry) = node;
    note_mapped(frame, slot.span());
    return true;
  }
  return true; // the caller looks, or faults, again
}

// Walks over all addresses; a table that was left behind empty is freed, so that no byte remains.
Step Map_space::clear(Budget &budget, Tlb_batch &tlb)
{
  while (root_table()) {
    if (budget.is_spent()) return Step::More;
    Slot slot = walk(_clear_at);
    if (slot.present() && !slot.page().pinned()) {
      u8 flags = 0; // nobody asks
      if (!slot.level && remove_run(slot, _clear_at, Superpage_size, flags, budget, tlb)) continue;
      if (remove_page(_clear_at, budget, tlb) == Step::More) return Step::More;
      continue;
    }
    if (slot.value) { // kernel-user memory: the entry is all there is of it, complete or not
      __atomic_store_n(slot.entry, 0, __ATOMIC_RELAXED);
      Kmem::free(table_of(slot.value), 0);
      _quota->refund(Page_size);
      budget.spend(Budget::Remove);
    }
    Word next = skip_empty(slot, _clear_at, budget);
    // tables that end here are empty by now; without its table, the walk ends one level above
    for (; slot.level < _top_level && next % span_of(slot.level + 1) == 0; slot = walk(_clear_at)) {
      Word *table = table_of(*slot.table);
      __atomic_store_n(slot.table, 0, __ATOMIC_RELAXED);
      free_table(table, slot.level);
      budget.spend(Budget::Remove);
    }
    _clear_at = next;
    if (next <= _last) continue;
    if (!is_ports()) arch::strip_root_table(root_table(), _root_word);
    free_table(root_table(), _top_level);
    __atomic_store_n(&_root, nullptr, __ATOMIC_RELAXED);
    _top = _clear_at = 0;
  }
  return Step::Done;
}

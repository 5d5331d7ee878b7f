// SPDX-License-Identifier: MIT
// Spaces whose contents are passed on hierarchically: memory and I/O ports.
#pragma once

#include "mem/kmem.h"
#include "mem/quota.h"
#include "space/map_item.h"
#include "space/page_entry.h"

class Map_space;
class Mapping_tree;
struct Node;

/// Translations, or ports, taken away in one step that CPUs may still hold: collects what must be
/// flushed. The step functions add; the end of the step (the caller, with no
/// lock held) flushes the own CPU at once and asks the other CPUs in remote_cpus().
class Tlb_batch {
public:
  /// `count` small pages, or one of any size, from this address on were removed from the space or
  /// lost rights; ports likewise.
  void add(Map_space const &space, Virt_addr page, unsigned count);
  /// Flush the own CPU's part.
  void flush_local();
  /// Other CPUs that may hold a removed translation or port permission: they flush_user_pages() and
  /// drop_io_ports(). Bit n stands for CPU n.
  Word remote_cpus() const { return _remote; }

private:
  static constexpr unsigned Max_pages = 8; ///< from then on everything is flushed, which costs less

  Word _remote = 0;
  bool _ports = false;
  bool _all = false; ///< more pages than fit
  unsigned _count = 0;
  Virt_addr _pages[Max_pages];
};

/// A radix tree of tables of 512 entries. A mapped page is a leaf at level 0 (4 KiB) or 1 (2 MiB);
/// behind each table of these levels lies its shadow page, with a pointer to the mapping's node in
/// the mapping database (Mapping_tree) for every entry.
///
/// Protocol. Tables are added by compare-and-swap into an empty entry and stay until clear(). A
/// leaf is put into an empty entry by compare-and-swap while the lock of its mapping tree is held;
/// a leaf that is there changes only under that lock. So whoever wants to change a leaf reads it,
/// locks the tree of the frame it saw, and reads it again. The shadow of an entry is valid while
/// the entry is present and the tree of its frame is locked. Nobody ever holds the locks of two
/// trees, and no function returns with one held.
///
/// A CPU sets Accessed in an entry before it keeps the translation: what was taken out of the
/// tables without that bit needs no flush.
class Map_space {
public:
  /// Yes: the space from which all others get theirs. Looking for a page maps it one to one.
  enum class Identity : u8 { No, Yes };
  enum class Kind : u8 { Memory, Ports };
  bool is_ports() const { return _kind == Kind::Ports; }

  Map_space(Map_space const &) = delete;
  Map_space &operator=(Map_space const &) = delete;

  /// Everything the space needs from now on is charged to `quota`.
  void init(Quota &quota, Identity identity = Identity::No)
  {
    _quota = &quota;
    _identity = identity;
  }
  Quota &quota() const { return *_quota; }
  /// The CPUs that may hold translations, or the ports, of this space. A CPU stays in the
  /// set: a bit too many costs an interrupt, a switch of spaces costs nothing.
  Word active_cpus() const { return __atomic_load_n(&_active_cpus, __ATOMIC_RELAXED); }
  /// Before the CPU can use the space: whoever removes something either finds the bit, or the
  /// CPU finds the change.
  void activate_on(Cpu_id cpu)
  {
    Word bit = Word{1} << cpu;
    if (!(active_cpus() & bit)) __atomic_fetch_or(&_active_cpus, bit, __ATOMIC_SEQ_CST);
  }
  /// Empty the space, pages mapped onwards from it included, and free its tables. No CPU may have
  /// it loaded any more, no thread may use it. Returns every byte of quota.
  Step clear(Budget &budget, Tlb_batch &tlb);

protected:
  friend struct Layout_check; // arch/amd64: the entry code loads _root_word

  Word _root_word = 0; ///< of memory: what a CPU loads (arch::init_root_table())

  /// Where a walk through the tables ended: at a leaf or an empty entry.
  struct Slot {
    Word *entry;    ///< null: out of memory, or a space without any table yet
    unsigned level; ///< of the table that holds the entry
    Word value;
    Word *table; ///< the entry, in the table above or _top, that names the table of `entry`

    Page_entry page() const { return Page_entry(value); }
    bool present() const { return value & Page_entry::Present; }
    Word span() const { return span_of(level); }
  };

  constexpr Map_space(Kind kind, u8 top_level, Word last)
      : _last(last), _top_level(top_level), _kind(kind)
  {
  }
  ~Map_space() = default;

  bool is_identity() const { return _identity == Identity::Yes; }
  static constexpr Word span_of(unsigned level) { return Page_size << 9 * level; }
  Word *root_table() const { return __atomic_load_n(&_root, __ATOMIC_ACQUIRE); }
  /// Make the root table if there is none; false without memory.
  bool make_root_table();

  Slot walk(Word address) const;
  /// walk() for where each instruction counts; `level`: the root table's.
  Slot walk_inline(Word address, unsigned level) const;
  /// As walk(), after adding tables down to `level`; the slot found may be a leaf above it or an
  /// entry below it. Null entry: out of memory. An empty entry above it: the budget is spent.
  Slot make_slot(Word address, unsigned level, Budget &budget);
  static Node *&node_of(Word *entry) { return reinterpret_cast<Node **>(entry)[512]; }
  static bool exchange_empty(Word *entry, Word value);
  static void mark_used(Slot const &slot)
  {
    constexpr Word Eighth_bytes = Page_size / 8;
    unsigned eighth = unsigned(reinterpret_cast<Word>(slot.entry) % Page_size / Eighth_bytes);
    Word bit = Word{1} << (Page_entry::Eighths_shift + eighth);
    if (!(__atomic_load_n(slot.table, __ATOMIC_RELAXED) & bit))
      __atomic_fetch_or(slot.table, bit, __ATOMIC_RELAXED);
  }

  struct Request;
  static Step map(Map_space &from, Map_space &to, Placement const &where, Map_item &item,
                  Tlb_batch &tlb);
  Step unmap(Word base, Word size, u8 rights, Unmap_item &item, Tlb_batch &tlb);
  /// Map the page at `address` onto the frame of the same address, as large as possible; false
  /// without memory. It may not be there if the budget is spent.
  bool make_root(Word address, Budget &budget);

  /// Map up to `count` small pages to empty places in one table; returns how many. unlink_run():
  /// remove such pages as long as nothing was derived from them.
  unsigned link_run(Request const &request, Slot const &place, unsigned count);
  unsigned unlink_run(Slot const &slot, Word address, unsigned count, u8 &access_flags,
                      Tlb_batch &tlb);

  /// Notice of a change, for bitmap and TLB. Address and bytes: of a large page, or of one or
  /// several small ones. `old`: the entry's bits until now, of several entries all of them.
  void note_unmapped(Word address, Word bytes, Word old, bool large, Tlb_batch &tlb)
  {
    if (old & Page_entry::Accessed || is_ports()) unmapped(address, bytes, large, tlb);
  }

private:
  friend class Mapping_tree;
  friend struct Inspect; // jdb/inspect.h
  void note_mapped(Word address, Word bytes)
  {
    if (is_ports()) set_ports(address, bytes, true);
  }
  void unmapped(Word address, Word bytes, bool large, Tlb_batch &tlb)
  {
    if (is_ports()) set_ports(address, bytes, false);
    tlb.add(*this, Virt_addr(address), large ? 1 : unsigned(bytes >> Page_shift));
  }
  void set_ports(Word address, Word bytes, bool allowed); // io_space.cc

  Word skip_empty(Slot const &slot, Word address, Budget &budget) const;
  Word *make_table(unsigned level);
  void free_table(Word *table, unsigned level);
  Step map_next(Request const &request, Map_item &item, Budget &budget, Tlb_batch &tlb);
  unsigned map_run(Request const &request, Budget &budget);
  Step map_piece(Request const &request, unsigned level, Map_item &item, Budget &budget,
                 Tlb_batch &tlb);
  void add_rights(Slot const &slot, Word address, u8 rights, Tlb_batch &tlb);
  Node *granted_node(Request const &request, Mapping_tree &tree, Word page, Word &seen,
                     Tlb_batch &tlb);
  Word remove_run(Slot const &slot, Word address, Word bytes, u8 &access_flags, Budget &budget,
                  Tlb_batch &tlb);
  Step remove_page(Word address, Budget &budget, Tlb_batch &tlb);
  Step unmap_one(Slot const &slot, Word address, Word end, u8 rights, Unmap_item &item,
                 Budget &budget, Tlb_batch &tlb);

  Word *_root = nullptr;
  Word _top = 0; ///< Page_entry::eighths() of the root table
  Quota *_quota = nullptr;
  Word _active_cpus = 0;
  Word _last;         ///< highest address
  Word _clear_at = 0; ///< progress of clear()
  u8 _top_level;
  Kind _kind;
  Identity _identity = Identity::No;
};

[[gnu::always_inline]] inline Map_space::Slot Map_space::walk_inline(Word address,
                                                                     unsigned level) const
{
  Word *above = const_cast<Word *>(&_top), *table = root_table();
  if (!table) [[unlikely]]
    return {nullptr, level, 0, above};
#pragma GCC unroll 4
  do {
    Word *entry = table + (address >> (Page_shift + 9 * level) & 511);
    // acquire: the table that an entry names is complete
    Word value = __atomic_load_n(entry, __ATOMIC_ACQUIRE);
    if (level > 1 ? !value : !level || !Page_entry(value).is_table())
      return {entry, level, value, above};
    above = entry;
    table = static_cast<Word *>(Kmem::virt_of(Page_entry(value).frame()));
  } while (level--);
  __builtin_unreachable();
}

// SPDX-License-Identifier: MIT
// Spaces whose contents are passed on hierarchically: memory and I/O ports.
#pragma once

#include "mem/quota.h"
#include "space/map_item.h"
#include "space/page_entry.h"
#include "space/tlb_batch.h"

class Mapping_tree;
struct Node;

/// A radix tree of tables of 512 entries. A mapped page is a leaf at level 0 (4 KiB) or 1 (2 MiB);
/// behind each table of these levels lies its shadow page, with a pointer to the mapping's node in
/// the mapping database (Mapping_tree) for every entry.
///
/// Protocol. Tables are added by compare-and-swap into an empty entry and stay until clear(). A
/// leaf is put into an empty entry by compare-and-swap while the lock of its mapping tree is held;
/// a leaf that is there changes only under that lock. So whoever wants to change a leaf reads it,
/// locks the tree of the frame it saw, and reads it again. The shadow of an entry is valid while
/// the tree of the entry's frame is locked. Nobody ever holds the locks of two trees, and no
/// function returns with one held.
class Map_space {
public:
  /// Yes: the space from which all others get theirs. Looking for a page maps it one to one.
  enum class Identity : u8 { No, Yes };

  Map_space(Map_space const &) = delete;
  Map_space &operator=(Map_space const &) = delete;

  Quota &quota() const { return *_quota; }
  /// The CPUs that may hold translations, or the ports, of this space. A CPU stays in the set until
  /// it calls deactivate_on(): a bit too many costs an interrupt, a switch of spaces costs nothing.
  Word active_cpus() const { return __atomic_load_n(&_active_cpus, __ATOMIC_RELAXED); }
  /// Before the CPU can use the space: whoever removes something either finds the bit, or the
  /// CPU finds the change.
  void activate_on(Cpu_id cpu)
  {
    Word bit = Word{1} << cpu;
    if (!(active_cpus() & bit)) __atomic_fetch_or(&_active_cpus, bit, __ATOMIC_SEQ_CST);
  }
  void deactivate_on(Cpu_id cpu)
  {
    __atomic_fetch_and(&_active_cpus, ~(Word{1} << cpu), __ATOMIC_SEQ_CST);
  }

protected:
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

  constexpr Map_space(u8 top_level, Word last) : _last(last), _top_level(top_level) {}
  ~Map_space() = default;

  void set_up(Quota &quota, Identity identity);
  bool is_identity() const { return _identity == Identity::Yes; }
  static constexpr Word span_of(unsigned level) { return Page_size << 9 * level; }
  Word *root_table() const { return __atomic_load_n(&_root, __ATOMIC_ACQUIRE); }
  /// Before the root table is freed: it must be clear.
  virtual void strip_root(Word *) {}
  /// Make the root table if there is none; false without memory.
  bool make_root_table();

  Slot walk(Word address) const;
  /// As walk(), after adding tables down to `level`; the slot found may be a leaf above it or an
  /// entry below it. Null entry: out of memory.
  Slot make_slot(Word address, unsigned level);
  static Node *&node_of(Word *entry) { return reinterpret_cast<Node **>(entry)[512]; }
  static bool exchange_empty(Word *entry, Word value);
  static void mark_used(Slot const &slot);

  static Step map(Map_space &from, Map_space &to, Placement const &where, Map_item &item,
                  Tlb_batch &tlb);
  Step unmap(Word base, Word size, u8 rights, Unmap_item &item, Tlb_batch &tlb);
  Step clear_pages(Tlb_batch &tlb);
  /// Map the page at `address` onto the frame of the same address, as large as possible.
  bool make_root(Word address);

private:
  friend class Mapping_tree;
  friend struct Inspect; // jdb/inspect.h
  enum class Piece : u8 { Mapped, Skipped, Retry, Occupied, No_memory };
  struct Piece_request;

  /// The kind of space takes notice of changes: bitmap, TLB. `bytes`: size of the page.
  virtual void mapped(Word address, Word bytes) = 0;
  virtual void unmapped(Word address, Word bytes, Tlb_batch &tlb) = 0;
  /// Called before a page is mapped; false without memory.
  virtual bool prepare() { return true; }

  Word skip_empty(Slot const &slot, Word address, Budget &budget) const;
  Word *make_table(unsigned level);
  void free_table(Word *table, unsigned level);
  unsigned map_run(Piece_request const &first, unsigned most, Budget &budget);
  unsigned remove_run(Slot const &slot, Word address, Word bytes, Unmap_item &item, Budget &budget,
                      Tlb_batch &tlb);
  Piece map_piece(Piece_request const &piece, Tlb_batch &tlb);
  Node *copy_node(Piece_request const &piece, Mapping_tree &tree, Node *source);
  Node *granted_node(Piece_request const &piece, Mapping_tree &tree, Node *source, Word &seen,
                     Tlb_batch &tlb);
  Step remove_page(Word address, Budget &budget, Tlb_batch &tlb);
  Step unmap_page(Slot const &slot, Word address, Word end, u8 rights, Unmap_item &item,
                  Budget &budget, Tlb_batch &tlb);

  friend struct Layout_check; // arch/amd64: the entry code loads _root

  Word *_root = nullptr;
  Word _top = 0; ///< Page_entry::eighths() of the root table
  Quota *_quota = nullptr;
  Word _active_cpus = 0;
  Word _last;         ///< highest address
  Word _clear_at = 0; ///< progress of clear_pages()
  u8 _top_level;
  Identity _identity = Identity::No;
};

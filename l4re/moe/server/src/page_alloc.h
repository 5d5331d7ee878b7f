// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/types.h>

namespace Moe {

/**
 * All RAM that moe owns: a buddy allocator over 1:1 mapped memory, with counters for shared pages.
 *
 * Nothing here is proportional to the size of RAM but a table of one word per 2 MiB ("chunk").
 * Free blocks are linked through their own first words. A chunk gets page states (2 KiB) only while
 * it is divided into smaller blocks, so giving all of RAM to the allocator touches one word per
 * block.
 *
 * Invariants: a free block has `order` recorded at its first page (blocks below 2 MiB, in the
 * page states) or at its first chunk (others); all other states are 0; no two free buddies of one
 * order exist. Addresses are those of moe, which equal physical addresses.
 */
class Page_alloc {
public:
  static constexpr unsigned Page_order = 12;
  static constexpr unsigned Chunk_order = 21;
  static constexpr unsigned Max_order = 47; ///< blocks are smaller than 2^48 bytes
  static constexpr l4_size_t Page_size = 1UL << Page_order;

  /**
   * Must be called first.
   * \param table       zeroed memory of `table_size(start, end)` bytes, stays with the allocator
   * \param start, end  `add()` will get nothing outside of [start, end)
   */
  void init(void *table, l4_addr_t start, l4_addr_t end);
  static l4_size_t table_size(l4_addr_t start, l4_addr_t end);

  /// Give a naturally aligned block to the allocator. \return false: no memory for its state
  bool add(l4_addr_t block, unsigned order);
  /// Give any page-aligned range to the allocator; pieces that cannot be managed are lost.
  void add_range(l4_addr_t start, l4_size_t size);

  /// \return a block of 2^order bytes, aligned to its size, contents undefined; 0 if there is none
  l4_addr_t alloc(unsigned order);
  /// Take back a block (or an aligned part of one).
  void free(l4_addr_t block, unsigned order);

  /**
   * Contiguous memory of any size.
   * \param size   bytes, a multiple of the page size, > 0
   * \param align  log2 of the alignment, at least 12
   * \return its address, contents undefined; 0 if there is none
   */
  l4_addr_t alloc_range(l4_size_t size, unsigned align);
  void free_range(l4_addr_t start, l4_size_t size);

  /// Count one more owner of a page that `alloc(Page_order)` returned.
  void share(l4_addr_t page);
  /// Count one owner less. \return true if that was the only one; then the caller frees the page
  bool unshare(l4_addr_t page);
  bool shared(l4_addr_t page) const;

  l4_size_t total_bytes() const { return _total; }
  l4_size_t free_bytes() const { return _free; }
  /// Size of the largest free block in bytes, 0 if there is none.
  l4_size_t largest_free() const { return _nonempty ? 1UL << (63 - __builtin_clzl(_nonempty)) : 0; }

private:
  static constexpr unsigned Chunk_pages = 1U << (Chunk_order - Page_order);

  /// First words of a free block.
  struct Free_block {
    Free_block *next, *prev;
  };

  /// States of the pages of one chunk: bits 0..7 order of the free block that starts here,
  /// bits 8..31 number of further owners.
  struct Page_states {
    l4_uint32_t page[Chunk_pages];
    static constexpr l4_uint32_t Order_mask = 0xff, One_owner = 0x100;
  };

  /// Table entry: pointer to the page states, low bits: order of the free block starting here.
  class Chunk {
  public:
    unsigned order() const { return _raw & Order_mask; }
    void order(unsigned o) { _raw = (_raw & ~Order_mask) | o; }
    Page_states *states() const { return reinterpret_cast<Page_states *>(_raw & ~Order_mask); }
    void states(Page_states *s) { _raw = reinterpret_cast<l4_umword_t>(s) | order(); }

  private:
    static constexpr l4_umword_t Order_mask = 63;
    l4_umword_t _raw;
  };

  Chunk &chunk(l4_addr_t a) const { return _chunks[(a >> Chunk_order) - _first_chunk]; }
  l4_uint32_t &state(l4_addr_t page) const
  {
    return chunk(page).states()->page[(page >> Page_order) % Chunk_pages];
  }

  unsigned free_order(l4_addr_t block, unsigned order) const;
  void set_free_order(l4_addr_t block, unsigned order, unsigned value);
  void push(l4_addr_t block, unsigned order);
  void remove(l4_addr_t block, unsigned order);
  bool need_states(Chunk &c);
  void drop_states(Chunk &c);
  void refill_states();
  l4_addr_t find_run(l4_size_t size, unsigned align) const;
  void take_run(l4_addr_t start, l4_size_t size);

  Chunk *_chunks = nullptr;
  l4_size_t _first_chunk = 0, _num_chunks = 0;
  Free_block *_lists[Max_order + 1] = {};
  l4_umword_t _nonempty = 0; ///< bit n: `_lists[n]` is not empty
  l4_size_t _total = 0, _free = 0;

  Free_block *_spare_states = nullptr; ///< unused `Page_states`, linked through their first word
  unsigned _num_spare = 0;
  bool _refilling = false;
  alignas(64) Page_states _first_states[2]; ///< so that the first chunk can be divided
};

} // namespace Moe

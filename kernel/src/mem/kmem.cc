// SPDX-License-Identifier: MIT
// A buddy allocator with a frontier. Memory behind the frontier was never used: nothing is known or
// written about it. When the free lists cannot serve a request, the frontier moves on by the
// largest aligned block, which becomes an ordinary free block.
//
// `state` has one byte per page: order + 1 at the first page of a free block, else 0. The bytes of
// a block are cleared when the frontier passes it. Invariant: a block on a free list is aligned to
// its size, lies below the frontier, and its buddy is not free with the same order.
#include "mem/kmem.h"

#include "types/list.h"
#include "types/spin_lock.h"

namespace {

struct Free_block {
  Free_block *next, **link; ///< link: the pointer that points here
};

Free_block *block_at(Word page)
{
  return static_cast<Free_block *>(Kmem::virt_of(Phys_addr(page << Page_shift)));
}

Word page_of(void const *address) { return Kmem::phys_of(address).value() >> Page_shift; }

struct Heap {
  Spin_lock lock;
  u8 *state = nullptr;
  Word first_page = 0; ///< page number (physical) that state[0] stands for
  Word end_page = 0;
  Word frontier_page = 0; ///< first page never handed out
  Word used_pages = 0;
  Word usable_pages = 0;
  Free_block *free[Kmem::Max_order + 1] = {};

  /// Blocks of order 0 and 1, clear but for the link in the first word.
  struct {
    Free_block *first = nullptr;
    unsigned count = 0;
  } clear[2];
  static constexpr unsigned Max_clear = 16; ///< of each order

  u8 &state_of(Word page) { return state[page - first_page]; }

  void push(Word page, unsigned order)
  {
    Free_block *block = block_at(page);
    arch::memory_is_used(block, sizeof(Free_block));
    enlist(free[order], *block);
    state_of(page) = u8(order + 1);
  }

  void remove(Word page)
  {
    delist(*block_at(page));
    state_of(page) = 0;
  }

  // Turn the largest possible aligned block behind the frontier into a free block.
  bool advance_frontier()
  {
    Word left = end_page - frontier_page;
    if (left == 0) return false;
    unsigned order = Kmem::Max_order;
    while (frontier_page & ((Word{1} << order) - 1) || Word{1} << order > left)
      --order;
    __builtin_memset(&state_of(frontier_page), 0, Word{1} << order);
    push(frontier_page, order);
    frontier_page += Word{1} << order;
    return true;
  }

  // A block of exactly this order, taken off the lists; 0 if there is none. The frontier moves at
  // most about 2 * Max_order times: its blocks grow with its alignment, and shrink only at the end.
  Word take(unsigned order)
  {
    unsigned have = order;
    do {
      for (have = order; have <= Kmem::Max_order && !free[have];)
        ++have;
    } while (have > Kmem::Max_order && advance_frontier());
    if (have > Kmem::Max_order) return 0;
    Word page = page_of(free[have]);
    remove(page);
    while (have > order) {
      --have;
      push(page + (Word{1} << have), have);
    }
    return page;
  }

  // Put a block back, merged with its buddy as long as that is free too.
  void give(Word page, unsigned order)
  {
    while (order < Kmem::Max_order) {
      Word buddy = page ^ Word{1} << order;
      if (buddy < first_page || buddy >= frontier_page || state_of(buddy) != order + 1) break;
      remove(buddy);
      page &= ~(Word{1} << order);
      ++order;
    }
    push(page, order);
  }

  // Null: none is kept.
  Free_block *take_clear(unsigned order)
  {
    Free_block *block = clear[order].first;
    if (!block) return nullptr;
    clear[order].first = block->next;
    --clear[order].count;
    arch::memory_is_used(block, Page_size << order);
    block->next = nullptr;
    return block;
  }

  void give_all_clear()
  {
    for (unsigned order = 0; order < 2; ++order)
      while (Free_block *block = take_clear(order)) {
        arch::memory_is_free(block, Page_size << order);
        give(page_of(block), order);
      }
  }
};

constinit Heap heap;

} // namespace

void Kmem::init(Phys_addr start, Word bytes)
{
  Word pages = bytes >> Page_shift;
  Word state_pages = round_to(pages, Page_shift) >> Page_shift;
  heap = {};
  heap.state = static_cast<u8 *>(virt_of(start));
  heap.first_page = start.value() >> Page_shift;
  heap.end_page = heap.first_page + pages;
  heap.frontier_page = heap.first_page + state_pages;
  heap.usable_pages = pages - state_pages;
}

void *Kmem::alloc(unsigned order)
{
  if (order > Max_order) return nullptr;
  Lock_guard guard(heap.lock);
  Word page = heap.take(order);
  if (!page) [[unlikely]] {
    heap.give_all_clear();
    page = heap.take(order);
    if (!page) return nullptr;
  }
  heap.used_pages += Word{1} << order;
  arch::memory_is_used(block_at(page), Page_size << order);
  return block_at(page);
}

void Kmem::free(void *pages, unsigned order)
{
  Lock_guard guard(heap.lock);
  heap.used_pages -= Word{1} << order;
  arch::memory_is_free(pages, Page_size << order);
  heap.give(page_of(pages), order);
}

void *Kmem::alloc_clear(unsigned order)
{
  {
    Lock_guard guard(heap.lock);
    if (Free_block *block = heap.take_clear(order)) {
      heap.used_pages += Word{1} << order;
      return block;
    }
  }
  void *pages = alloc(order);
  if (pages) __builtin_memset(pages, 0, Page_size);
  return pages;
}

void Kmem::free_clear(void *pages, unsigned order)
{
  Lock_guard guard(heap.lock);
  heap.used_pages -= Word{1} << order;
  if (heap.clear[order].count == heap.Max_clear) {
    arch::memory_is_free(pages, Page_size << order);
    heap.give(page_of(pages), order);
    return;
  }
  auto *block = static_cast<Free_block *>(pages);
  block->next = heap.clear[order].first;
  heap.clear[order].first = block;
  ++heap.clear[order].count;
  // the link stays readable
  arch::memory_is_free(&block->next + 1, (Page_size << order) - sizeof(block->next));
}

Word Kmem::used_bytes()
{
  return __atomic_load_n(&heap.used_pages, __ATOMIC_RELAXED) << Page_shift;
}
Word Kmem::total_bytes() { return heap.usable_pages << Page_shift; }

// SPDX-License-Identifier: MIT
/*
 * Memory for malloc().
 *
 * newlib's malloc() grows by sbrk(). The first part of the heap is in the program's own .bss:
 * a small program never asks anybody for memory. Beyond that the break moves through an address
 * range that is reserved once and filled with anonymous memory in growing pieces; pages get
 * backing store when they are touched.
 */
#include "runtime_calls.h"

#include <l4/sys/consts.h>

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

namespace {

constexpr l4_size_t First_heap = 32 << 10;
constexpr l4_size_t Area_size = 64UL << 30; ///< address space, not memory
constexpr l4_addr_t Area_search = 1UL << 32;
constexpr l4_size_t Min_piece = 256 << 10, Max_piece = 16 << 20;
/// Memory above the break that is kept for the next growth.
constexpr l4_size_t Keep = 2 * Min_piece;

alignas(16) char first_heap[First_heap];
l4_size_t first_used;

struct Area {
  l4_addr_t start = 0, brk = 0, end = 0; ///< end: behind the last page that has memory
} area;

bool reserve_area()
{
  // malloc() wants the break to grow, also from the first heap to the area.
  auto const first_end = reinterpret_cast<l4_addr_t>(first_heap + First_heap);
  l4_addr_t start = first_end > Area_search ? l4_round_page(first_end) : Area_search;
  if (runtime_reserve_area(&start, Area_size) < 0) return false;
  area = {start, start, start};
  return true;
}

/// Attach memory so that the area reaches at least to `wanted`.
bool grow(l4_addr_t wanted)
{
  if (wanted <= area.end) return true;
  l4_size_t piece = (area.end - area.start) / 2;
  if (piece < Min_piece) piece = Min_piece;
  if (piece > Max_piece) piece = Max_piece;
  if (wanted - area.end > piece) piece = wanted - area.end;
  piece = l4_round_page(piece);
  if (area.end - area.start + piece > Area_size) return false;

  if (runtime_attach_memory(area.end, piece, "[heap]") < 0) return false;
  area.end += piece;
  return true;
}

/// Give memory back that lies far above the break.
void shrink()
{
  l4_addr_t const keep_end = l4_round_page(area.brk) + Keep;
  if (keep_end >= area.end) return;
  if (runtime_detach(keep_end, area.end - keep_end) >= 0) area.end = keep_end;
}

void *no_memory()
{
  errno = ENOMEM;
  return reinterpret_cast<void *>(-1L);
}

} // namespace

/**
 * Move the end of the heap.
 *
 * \param increment  bytes, may be negative down to where the heap went on behind its first part
 * \return the old end; -1 and errno ENOMEM when memory or address space is exhausted
 *
 * Callers hold malloc's lock.
 */
extern "C" void *sbrk(ptrdiff_t increment)
{
  if (!area.start) {
    if (increment <= static_cast<ptrdiff_t>(First_heap - first_used) &&
        increment >= -static_cast<ptrdiff_t>(first_used)) {
      void *const old = first_heap + first_used;
      first_used += static_cast<l4_size_t>(increment);
      return old;
    }
    if (increment < 0 || !reserve_area()) return no_memory();
  }

  if (increment < 0 && static_cast<l4_size_t>(-increment) > area.brk - area.start)
    return no_memory();
  if (increment > 0 && (static_cast<l4_size_t>(increment) > Area_size ||
                        !grow(area.brk + static_cast<l4_size_t>(increment))))
    return no_memory();

  void *const old = reinterpret_cast<void *>(area.brk);
  area.brk += static_cast<l4_size_t>(increment);
  if (increment < 0) shrink();
  return old;
}

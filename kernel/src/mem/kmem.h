// SPDX-License-Identifier: MIT
// Kernel memory: the one region that the kernel keeps for itself, handed out in powers of two
// pages.
#pragma once

#include "arch/arch.h"
#include "types/types.h"

/// The kernel heap is one physically contiguous region, mapped linearly at arch::Kmem_base + phys.
/// All functions may be called on any CPU, interrupts off; each takes bounded time.
namespace Kmem {

/// Largest block: 2^10 pages, 4 MiB.
constexpr unsigned Max_order = 10;

/// Hand the region over; called once at boot, before any other function. Page-aligned.
/// Nothing in it is touched until it is allocated, so a large heap costs no boot time.
void init(Phys_addr start, Word bytes);

/// 2^order contiguous pages, aligned to their size, contents undefined; null when there are none.
[[nodiscard]] void *alloc(unsigned order);
/// Give back a block that alloc(order) returned.
void free(void *pages, unsigned order);

/// Blocks whose first page is all zero. Page tables are cleared entry by entry before they are given
/// back, so that clearing them again would be wasted: a few such blocks are kept. They count as free,
/// and go back to the other blocks when those run out. `order`: 0 or 1.
[[nodiscard]] void *alloc_clear(unsigned order);
void free_clear(void *pages, unsigned order);

inline Phys_addr phys_of(void const *heap_object)
{
  return Phys_addr(reinterpret_cast<Word>(heap_object) - arch::Kmem_base);
}
inline void *virt_of(Phys_addr address)
{
  return reinterpret_cast<void *>(address.value() + arch::Kmem_base);
}

/// Bytes handed out by alloc() and not yet freed: the figure of the leak check.
Word used_bytes();
/// Bytes that can be handed out at most.
Word total_bytes();

} // namespace Kmem

// SPDX-License-Identifier: MIT
#pragma once

#include <l4/re/dataspace>
#include <l4/re/rm>
#include <l4/sys/types.h>

/**
 * \file
 * What the dynamic linker itself consumes: memory, capability slots, address space. It is the same
 * for the program's lifetime, so nothing here depends on a C library.
 */
namespace Ldso {

/// Slots taken from the environment's first free ones.
constexpr unsigned Slots = 256;
void init_slots();
l4_cap_idx_t alloc_slot();
/// Unmap what is in the slot and give it back.
void free_slot(l4_cap_idx_t slot);

/// Memory for small objects, aligned to 16 bytes; null without memory.
void *allocate(l4_size_t size);
void release(void *object);

/// Anonymous memory at a place of its own; 0 without memory.
/// \param order  log2 of its size and alignment
l4_addr_t attach_pages(unsigned order);
void detach(l4_addr_t start, l4_size_t size);
/// Detach all regions of an area, and free the area.
void detach_area(l4_addr_t start, l4_size_t size);

/// Make pages read-only that keep their contents. False without memory; then they stay as they are.
bool protect(l4_addr_t start, l4_size_t size, char const *name);

} // namespace Ldso

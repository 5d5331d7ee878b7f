// SPDX-License-Identifier: MIT
#pragma once

#include <l4/libloader/region_map>
#include <l4/re/dataspace>
#include <l4/sys/types.h>

/**
 * \file
 * What itas itself consumes: memory for its tables and capability slots.
 */
namespace Itas {

/// Allocator in the form that `Ldr::Region_map` wants; objects come from itas' own heap.
struct Heap_alloc {
  void *alloc(l4_size_t size);
  void free(void *p, l4_size_t size);
  Ldr::Area *new_area();
  void delete_area(Ldr::Area *area);
};

/// Slots for capabilities of itas, taken from the environment's first free ones.
class Cap_slots {
public:
  static constexpr unsigned Count = 1024;

  /// \param first  index of the first slot
  void init(l4_umword_t first) { _first = first; }

  /// \return an empty slot or L4_INVALID_CAP
  l4_cap_idx_t alloc();
  template <typename T> L4::Cap<T> alloc() { return L4::Cap<T>(alloc()); }

  /// Unmap what is in a slot and give it back; slots of others are left alone.
  void release(l4_cap_idx_t cap);

private:
  static constexpr unsigned Word_bits = 64;

  l4_umword_t _first = 0;
  l4_uint64_t _used[Count / Word_bits] = {};
};

extern Cap_slots cap_slots;

/// Size of what the heap may grow into, in bytes; aligned to a super page.
constexpr l4_size_t Heap_reserve_size = 128UL << 20;
/// Tell the heap where that is. Nothing else may be attached there.
void set_heap_reserve(l4_addr_t start);

/**
 * Fresh memory from the task's allocator.
 * \param[out] ds  dataspace of `size` bytes that reads as zero
 * \param flags    L4Re::Mem_alloc::Mem_alloc_flags
 * \return 0 or a negative error
 */
long alloc_dataspace(l4_size_t size, L4::Cap<L4Re::Dataspace> *ds, unsigned long flags = 0);

} // namespace Itas

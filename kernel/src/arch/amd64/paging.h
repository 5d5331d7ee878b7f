// SPDX-License-Identifier: MIT
// The kernel's half of every address space: image, heap, devices. Nothing else is mapped.
#pragma once

#include "types/types.h"

namespace amd64 {

/// Page table entry bits (Intel SDM vol. 3, 4.5).
enum Pte : Word {
  Pte_present = 1,
  Pte_write = 2,
  Pte_user = 4,
  Pte_write_through = 8,
  Pte_no_cache = 0x10,
  Pte_large = 0x80,
  Pte_global = 0x100,
  Pte_no_execute = Word{1} << 63,
  Pte_uncacheable = Pte_no_cache | Pte_write_through,
};

/// Physical address of an object of the kernel image.
Phys_addr image_phys(void const *object);

/// Build the kernel's tables (image with W^X, empty heap) and switch to them.
void init_paging();
/// Map [start, start + bytes), 2 MiB aligned and below 4 GiB, as heap.
void map_heap(Phys_addr start, Word bytes);
/// Translate with the kernel's own root table, which has no user half.
void load_kernel_tables();

/// Map device registers uncacheable, for good. Boot CPU, at boot. Panics if the window is full.
void volatile *map_device(Phys_addr start, Word bytes);

/// A passing view of physical memory that is not the kernel's (firmware tables). There is one
/// window: a new view ends the one before. Interrupts off, one CPU at a time.
constexpr Word Window_bytes = 16 * Page_size;
/// Address of `start`; at least Window_bytes - 4095 bytes are visible from there.
void const *view_physical(Phys_addr start);

} // namespace amd64

// SPDX-License-Identifier: MIT
// User-level thread control block (abi/kernel-entry.md section 5). Lives in kernel-user memory:
// everything in it may change under the kernel's hands at any time, so each word is read once.
#pragma once

#include "types/types.h"

struct Utcb {
  static constexpr unsigned Mr_count = 63, Br_count = 58;
  static constexpr Word Inherit_fpu = 1u << 24;

  Word mr[Mr_count];
  Word self; ///< user address of this UTCB; target of gs:0
  Word bdr;
  Word br[Br_count];
  Word error;
  Word free_marker;
  Word user[3];

  /// Index of the first buffer register of the list for a kind of item.
  unsigned first_mem_buffer() const { return bdr_value() & 31; }
  unsigned first_io_buffer() const { return bdr_value() >> 5 & 31; }
  unsigned first_obj_buffer() const { return bdr_value() >> 10 & 31; }
  bool inherits_fpu() const { return bdr_value() & Inherit_fpu; }
  Word read_mr(unsigned i) const { return __atomic_load_n(&mr[i], __ATOMIC_RELAXED); }
  Word read_br(unsigned i) const { return __atomic_load_n(&br[i], __ATOMIC_RELAXED); }

private:
  Word bdr_value() const { return __atomic_load_n(&bdr, __ATOMIC_RELAXED); }
};

/// Bits of a receive buffer's first word (abi/ipc.md section 3).
namespace Buffer_item {
constexpr Word Map = 8, Local_id = 4, Small = 2, Forward = 1;
}

constexpr Word Utcb_size = 0x400;
static_assert(offsetof(Utcb, self) == 0x1f8);
static_assert(offsetof(Utcb, bdr) == 0x200);
static_assert(offsetof(Utcb, br) == 0x208);
static_assert(offsetof(Utcb, error) == 0x3d8);
static_assert(offsetof(Utcb, free_marker) == 0x3e0);
static_assert(sizeof(Utcb) == Utcb_size);

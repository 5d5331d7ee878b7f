// SPDX-License-Identifier: MIT
/** Allocation of memory; see <l4/re/mem_alloc>. */
#pragma once

#include <l4/re/c/dataspace.h>
#include <l4/re/env.h>

enum L4re_ma_flags {
  L4RE_MA_CONTINUOUS = 0x01,
  L4RE_MA_PINNED = 0x02,
  L4RE_MA_SUPER_PAGES = 0x04,
};

L4_BEGIN_DECLS

/** \param align  log2 of the alignment of the physical memory; 0: that of a page. */
L4_CV long l4re_ma_alloc_align_srv(l4_cap_idx_t srv, long size, l4re_ds_t mem, unsigned long flags,
                                   unsigned long align) L4_NOTHROW;

L4_INLINE long l4re_ma_alloc_align(long size, l4re_ds_t mem, unsigned long flags,
                                   unsigned long align) L4_NOTHROW
{
  return l4re_ma_alloc_align_srv(l4re_env()->mem_alloc, size, mem, flags, align);
}

L4_INLINE long l4re_ma_alloc(long size, l4re_ds_t mem, unsigned long flags) L4_NOTHROW
{
  return l4re_ma_alloc_align(size, mem, flags, 0);
}

L4_END_DECLS

// SPDX-License-Identifier: MIT
#include <l4/re/c/mem_alloc.h>
#include <l4/re/mem_alloc>

long l4re_ma_alloc_align_srv(l4_cap_idx_t srv, long size, l4re_ds_t mem, unsigned long flags,
                             unsigned long align) noexcept
{
  return L4::Cap<L4Re::Mem_alloc>(srv)->alloc(size, L4::Cap<L4Re::Dataspace>(mem), flags, align);
}

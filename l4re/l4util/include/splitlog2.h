// SPDX-License-Identifier: MIT
/** Split address ranges into aligned blocks of 2^n bytes. */
#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/err.h>
#include <l4/sys/l4int.h>

L4_BEGIN_DECLS

/**
 * Size of the largest aligned block that starts at `start` and lies in [start, end].
 * \return log2 of the size, bytes; -1 if end < start.
 */
L4_INLINE long l4util_splitlog2_size(l4_addr_t start, l4_addr_t end) L4_NOTHROW
{
  if (end < start) return -1;

  l4_umword_t last_offset = end - start; /* the size could be 2^64 */
  long fit = (long)L4_MWORD_BITS - 1;
  if (last_offset != ~0UL) fit = (long)(L4_MWORD_BITS - 1) - __builtin_clzl(last_offset + 1);
  long align = start ? __builtin_ctzl(start) : fit;
  return align < fit ? align : fit;
}

/**
 * Call a function for each block of [start, end].
 * \param handler  Gets the first and last address and log2 of the size; a result other than 0
 *                 ends the loop.
 * \return 0, the result of the handler, or -L4_EINVAL if end < start.
 */
L4_INLINE long l4util_splitlog2_hdl(l4_addr_t start, l4_addr_t end,
                                    long (*handler)(l4_addr_t s, l4_addr_t e,
                                                    int log2size)) L4_NOTHROW
{
  if (end < start) return -L4_EINVAL;
  for (;;) {
    long size = l4util_splitlog2_size(start, end);
    l4_addr_t last = start + ((1UL << size) - 1);
    long r = handler(start, last, (int)size);
    if (r || last == end) return r;
    start = last + 1;
  }
}

L4_END_DECLS

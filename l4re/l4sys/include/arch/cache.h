// SPDX-License-Identifier: MIT
/** amd64 keeps its caches coherent, with devices too: nothing to do. All functions return 0. */
#pragma once

#include <l4/sys/compiler.h>

L4_BEGIN_DECLS

L4_INLINE int l4_cache_clean_data(unsigned long start, unsigned long end) L4_NOTHROW
{
  (void)start, (void)end;
  return 0;
}

L4_INLINE int l4_cache_flush_data(unsigned long start, unsigned long end) L4_NOTHROW
{
  (void)start, (void)end;
  return 0;
}

L4_INLINE int l4_cache_inv_data(unsigned long start, unsigned long end) L4_NOTHROW
{
  (void)start, (void)end;
  return 0;
}

L4_INLINE int l4_cache_coherent(unsigned long start, unsigned long end) L4_NOTHROW
{
  (void)start, (void)end;
  return 0;
}

L4_INLINE int l4_cache_dma_coherent(unsigned long start, unsigned long end) L4_NOTHROW
{
  (void)start, (void)end;
  return 0;
}

L4_INLINE int l4_cache_dma_coherent_full(void) L4_NOTHROW
{
  return 0;
}

L4_END_DECLS

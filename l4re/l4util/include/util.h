// SPDX-License-Identifier: MIT
/** Sleeping, and touching of memory. */
#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/types.h>

L4_BEGIN_DECLS

/** Relative timeout of at least `us` microseconds. */
L4_CV l4_timeout_s l4util_micros2l4to(l4_uint64_t us) L4_NOTHROW;

/** Sleep for `ms` milliseconds. */
L4_CV void l4_sleep(l4_uint32_t ms) L4_NOTHROW;

/** Sleep for `us` microseconds. */
L4_CV void l4_usleep(l4_uint64_t us) L4_NOTHROW;

L4_NORETURN L4_INLINE void l4_sleep_forever(void) L4_NOTHROW;

/** Read, respectively write without a change, one byte of each page, so that it is mapped. */
L4_INLINE void l4_touch_ro(void const *addr, unsigned size) L4_NOTHROW;
L4_INLINE void l4_touch_rw(void const *addr, unsigned size) L4_NOTHROW;

L4_END_DECLS

#include <l4/sys/ipc.h>

L4_BEGIN_DECLS

L4_NORETURN L4_INLINE void l4_sleep_forever(void) L4_NOTHROW
{
  for (;;)
    l4_ipc_sleep(L4_IPC_NEVER);
}

L4_INLINE void l4_touch_ro(void const *addr, unsigned size) L4_NOTHROW
{
  l4_addr_t const end = (l4_addr_t)addr + size;
  for (l4_addr_t at = l4_trunc_page((l4_addr_t)addr); at < end; at += L4_PAGESIZE)
    (void)*(char const volatile *)at;
}

L4_INLINE void l4_touch_rw(void const *addr, unsigned size) L4_NOTHROW
{
  l4_addr_t const end = (l4_addr_t)addr + size;
  for (l4_addr_t at = l4_trunc_page((l4_addr_t)addr); at < end; at += L4_PAGESIZE)
    __atomic_fetch_or((char volatile *)at, 0, __ATOMIC_RELAXED);
}

L4_END_DECLS

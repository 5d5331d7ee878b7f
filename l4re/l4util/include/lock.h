// SPDX-License-Identifier: MIT
/**
 * Locks of one word for short sections of programs without a thread library. A waiter yields, so a
 * holder of lower priority on the same CPU is never reached: use them among threads of equal
 * priority only.
 */
#pragma once

#include <l4/sys/thread.h>
#include <l4/util/atomic.h>

typedef l4_uint32_t l4util_simple_lock_t;
typedef l4util_simple_lock_t l4_simple_lock_t;

L4_BEGIN_DECLS

/** 1 if the lock was free and is held now. */
L4_INLINE int l4_simple_try_lock(volatile l4_uint32_t *lock) L4_NOTHROW
{
  return l4util_cmpxchg32(lock, 0, 1);
}

L4_INLINE int l4_simple_lock_locked(volatile l4_uint32_t const *lock) L4_NOTHROW
{
  return *lock != 0;
}

L4_INLINE void l4_simple_lock(volatile l4_uint32_t *lock) L4_NOTHROW
{
  while (!l4_simple_try_lock(lock))
    l4_thread_yield();
}

L4_INLINE void l4_simple_lock_solid(volatile l4_uint32_t *lock) L4_NOTHROW
{
  while (!l4_simple_try_lock(lock))
    __builtin_ia32_pause();
}

L4_INLINE void l4_simple_unlock(volatile l4_uint32_t *lock) L4_NOTHROW
{
  __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

L4_END_DECLS

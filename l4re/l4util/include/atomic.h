// SPDX-License-Identifier: MIT
/** Atomic operations on integers. All of them are full barriers. */
#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/l4int.h>

/**
 * For a width W and its type:
 *   l4util_cmpxchgW(dest, cmp_val, new_val)   1 if exchanged, else 0
 *   l4util_xchgW(dest, val)                   old value
 *   l4util_{add,sub,and,or}W(dest, val)
 *   l4util_{add,sub,and,or}W_res(dest, val)   new value
 *   l4util_{inc,dec}W(dest), l4util_{inc,dec}W_res(dest)
 */
#define __L4UTIL_ATOMIC_OP(W, type, name, builtin)                                                 \
  L4_INLINE void l4util_##name##W(volatile type *dest, type val) L4_NOTHROW                        \
  {                                                                                                \
    builtin(dest, val, __ATOMIC_SEQ_CST);                                                          \
  }                                                                                                \
  L4_INLINE type l4util_##name##W##_res(volatile type *dest, type val) L4_NOTHROW                  \
  {                                                                                                \
    return builtin(dest, val, __ATOMIC_SEQ_CST);                                                   \
  }
#define __L4UTIL_ATOMIC(W, type)                                                                   \
  L4_INLINE int l4util_cmpxchg##W(volatile type *dest, type cmp_val, type new_val) L4_NOTHROW      \
  {                                                                                                \
    return __atomic_compare_exchange_n(dest, &cmp_val, new_val, 0, __ATOMIC_SEQ_CST,               \
                                       __ATOMIC_SEQ_CST);                                          \
  }                                                                                                \
  L4_INLINE type l4util_xchg##W(volatile type *dest, type val) L4_NOTHROW                          \
  {                                                                                                \
    return __atomic_exchange_n(dest, val, __ATOMIC_SEQ_CST);                                       \
  }                                                                                                \
  __L4UTIL_ATOMIC_OP(W, type, add, __atomic_add_fetch)                                             \
  __L4UTIL_ATOMIC_OP(W, type, sub, __atomic_sub_fetch)                                             \
  __L4UTIL_ATOMIC_OP(W, type, and, __atomic_and_fetch)                                             \
  __L4UTIL_ATOMIC_OP(W, type, or, __atomic_or_fetch)                                               \
  L4_INLINE void l4util_inc##W(volatile type *dest) L4_NOTHROW                                     \
  {                                                                                                \
    l4util_add##W(dest, 1);                                                                        \
  }                                                                                                \
  L4_INLINE void l4util_dec##W(volatile type *dest) L4_NOTHROW                                     \
  {                                                                                                \
    l4util_sub##W(dest, 1);                                                                        \
  }                                                                                                \
  L4_INLINE type l4util_inc##W##_res(volatile type *dest) L4_NOTHROW                               \
  {                                                                                                \
    return l4util_add##W##_res(dest, 1);                                                           \
  }                                                                                                \
  L4_INLINE type l4util_dec##W##_res(volatile type *dest) L4_NOTHROW                               \
  {                                                                                                \
    return l4util_sub##W##_res(dest, 1);                                                           \
  }

L4_BEGIN_DECLS

__L4UTIL_ATOMIC(8, l4_uint8_t)
__L4UTIL_ATOMIC(16, l4_uint16_t)
__L4UTIL_ATOMIC(32, l4_uint32_t)
__L4UTIL_ATOMIC(64, l4_uint64_t)
__L4UTIL_ATOMIC(, l4_umword_t)

L4_INLINE void l4util_atomic_add(volatile long *dest, long val) L4_NOTHROW
{
  __atomic_add_fetch(dest, val, __ATOMIC_SEQ_CST);
}

L4_INLINE void l4util_atomic_inc(volatile long *dest) L4_NOTHROW
{
  l4util_atomic_add(dest, 1);
}

L4_END_DECLS

#undef __L4UTIL_ATOMIC
#undef __L4UTIL_ATOMIC_OP

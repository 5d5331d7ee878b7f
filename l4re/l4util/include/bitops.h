// SPDX-License-Identifier: MIT
/** Bit operations. Those that change a bit are atomic; bit numbers may exceed a word. */
#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/l4int.h>

L4_BEGIN_DECLS

L4_INLINE volatile l4_umword_t *__l4util_bit_word(int b, volatile l4_umword_t *dest) L4_NOTHROW
{
  return dest + b / L4_MWORD_BITS;
}

L4_INLINE l4_umword_t __l4util_bit_mask(int b) L4_NOTHROW
{
  return 1UL << (b % L4_MWORD_BITS);
}

L4_INLINE void l4util_set_bit(int b, volatile l4_umword_t *dest) L4_NOTHROW
{
  __atomic_fetch_or(__l4util_bit_word(b, dest), __l4util_bit_mask(b), __ATOMIC_SEQ_CST);
}

L4_INLINE void l4util_clear_bit(int b, volatile l4_umword_t *dest) L4_NOTHROW
{
  __atomic_fetch_and(__l4util_bit_word(b, dest), ~__l4util_bit_mask(b), __ATOMIC_SEQ_CST);
}

L4_INLINE void l4util_complement_bit(int b, volatile l4_umword_t *dest) L4_NOTHROW
{
  __atomic_fetch_xor(__l4util_bit_word(b, dest), __l4util_bit_mask(b), __ATOMIC_SEQ_CST);
}

L4_INLINE int l4util_test_bit(int b, volatile const l4_umword_t *dest) L4_NOTHROW
{
  return (dest[b / L4_MWORD_BITS] & __l4util_bit_mask(b)) != 0;
}

/** Set / clear / flip a bit; its old value. */
L4_INLINE int l4util_bts(int b, volatile l4_umword_t *dest) L4_NOTHROW
{
  return (__atomic_fetch_or(__l4util_bit_word(b, dest), __l4util_bit_mask(b), __ATOMIC_SEQ_CST) &
          __l4util_bit_mask(b)) != 0;
}

L4_INLINE int l4util_btr(int b, volatile l4_umword_t *dest) L4_NOTHROW
{
  return (__atomic_fetch_and(__l4util_bit_word(b, dest), ~__l4util_bit_mask(b), __ATOMIC_SEQ_CST) &
          __l4util_bit_mask(b)) != 0;
}

L4_INLINE int l4util_btc(int b, volatile l4_umword_t *dest) L4_NOTHROW
{
  return (__atomic_fetch_xor(__l4util_bit_word(b, dest), __l4util_bit_mask(b), __ATOMIC_SEQ_CST) &
          __l4util_bit_mask(b)) != 0;
}

/** Number of the highest / lowest bit that is set; -1 for 0. */
L4_INLINE int l4util_bsr(l4_umword_t word) L4_NOTHROW
{
  return word ? (int)(L4_MWORD_BITS - 1) - __builtin_clzl(word) : -1;
}

L4_INLINE int l4util_bsf(l4_umword_t word) L4_NOTHROW
{
  return word ? __builtin_ctzl(word) : -1;
}

/** First 0 bit / 1 bit in `size` bits; `size` if there is none. */
L4_INLINE int l4util_find_first_zero_bit(void const *dest, l4_size_t size) L4_NOTHROW
{
  l4_umword_t const *words = (l4_umword_t const *)dest;
  for (l4_size_t i = 0; i < size; i += L4_MWORD_BITS)
    if (~words[i / L4_MWORD_BITS]) {
      l4_size_t bit = i + (l4_size_t)__builtin_ctzl(~words[i / L4_MWORD_BITS]);
      return (int)(bit < size ? bit : size);
    }
  return (int)size;
}

L4_INLINE int l4util_find_first_set_bit(void const *dest, l4_size_t size) L4_NOTHROW
{
  l4_umword_t const *words = (l4_umword_t const *)dest;
  for (l4_size_t i = 0; i < size; i += L4_MWORD_BITS)
    if (words[i / L4_MWORD_BITS]) {
      l4_size_t bit = i + (l4_size_t)__builtin_ctzl(words[i / L4_MWORD_BITS]);
      return (int)(bit < size ? bit : size);
    }
  return (int)size;
}

/** Rounded down; -1 for 0. */
L4_INLINE int l4util_log2(unsigned val) L4_NOTHROW
{
  return l4util_bsr(val);
}

/** Smallest power of two that is not below `val`, at least 1. */
L4_INLINE int l4util_next_power2(unsigned long val) L4_NOTHROW
{
  return val <= 1 ? 1 : (int)(1UL << (l4util_bsr(val - 1) + 1));
}

L4_END_DECLS

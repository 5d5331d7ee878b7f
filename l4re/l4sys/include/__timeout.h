// SPDX-License-Identifier: MIT
/** IPC timeouts (kernel-entry.md section 4). */
#pragma once

#include <l4/sys/types.h>

/**
 * One timeout: bit 15 clear: mantissa 9..0 * 2^(exponent 14..10) microseconds, 0 = never;
 * bit 15 set: index (5..0) of the buffer register that holds the deadline.
 */
typedef struct l4_timeout_s {
  l4_uint16_t t;
} __attribute__((packed)) l4_timeout_s;

/** Timeouts of the send and the receive phase. */
typedef union l4_timeout_t {
  l4_uint32_t raw;
  struct {
    l4_timeout_s rcv;
    l4_timeout_s snd;
  } p;
} l4_timeout_t;

/** Durations that mean "never", and the longest one that can be expressed (microseconds). */
#define L4_TIMEOUT_US_NEVER (~0ULL)
#define L4_TIMEOUT_US_MAX ((1ULL << 41) - 1)

#ifdef __cplusplus
#define __L4_LITERAL(type) type
#else
#define __L4_LITERAL(type) (type)
#endif

#define L4_IPC_TIMEOUT_0 (__L4_LITERAL(l4_timeout_s){0x0400})
#define L4_IPC_TIMEOUT_NEVER (__L4_LITERAL(l4_timeout_s){0})
#define L4_IPC_NEVER_INITIALIZER                                                                   \
  {                                                                                                \
    0                                                                                              \
  }
#define L4_IPC_NEVER (__L4_LITERAL(l4_timeout_t){0})
#define L4_IPC_RECV_TIMEOUT_0 (__L4_LITERAL(l4_timeout_t){0x00000400})
#define L4_IPC_SEND_TIMEOUT_0 (__L4_LITERAL(l4_timeout_t){0x04000000})
#define L4_IPC_BOTH_TIMEOUT_0 (__L4_LITERAL(l4_timeout_t){0x04000400})

L4_BEGIN_DECLS

/** Relative timeout of `man` * 2^`exp` microseconds. */
L4_INLINE L4_CONSTEXPR l4_timeout_s l4_timeout_rel(unsigned man, unsigned exp) L4_NOTHROW
{
  l4_timeout_s t = {(l4_uint16_t)((man & 0x3ff) | ((exp << 10) & 0x7c00))};
  return t;
}

/** Pair of relative timeouts. */
L4_INLINE L4_CONSTEXPR l4_timeout_t l4_ipc_timeout(unsigned snd_man, unsigned snd_exp,
                                                   unsigned rcv_man, unsigned rcv_exp) L4_NOTHROW
{
  l4_timeout_t t = {((l4_uint32_t)l4_timeout_rel(snd_man, snd_exp).t << 16) |
                    l4_timeout_rel(rcv_man, rcv_exp).t};
  return t;
}

L4_INLINE L4_CONSTEXPR l4_timeout_t l4_timeout(l4_timeout_s snd, l4_timeout_s rcv) L4_NOTHROW
{
  l4_timeout_t t = {((l4_uint32_t)snd.t << 16) | rcv.t};
  return t;
}

/** Replace the send half. */
L4_INLINE L4_CONSTEXPR void l4_snd_timeout(l4_timeout_s snd, l4_timeout_t *to) L4_NOTHROW
{
  to->raw = (to->raw & 0xffff) | ((l4_uint32_t)snd.t << 16);
}

/** Replace the receive half. */
L4_INLINE L4_CONSTEXPR void l4_rcv_timeout(l4_timeout_s rcv, l4_timeout_t *to) L4_NOTHROW
{
  to->raw = (to->raw & 0xffff0000) | rcv.t;
}

L4_INLINE L4_CONSTEXPR unsigned l4_timeout_is_absolute(l4_timeout_s to) L4_NOTHROW
{
  return to.t & 0x8000;
}

/** Microseconds of a relative timeout; L4_TIMEOUT_US_NEVER for never. */
L4_INLINE L4_CONSTEXPR l4_kernel_clock_t l4_timeout_rel_get(l4_timeout_s to) L4_NOTHROW
{
  return to.t == 0 ? (l4_kernel_clock_t)L4_TIMEOUT_US_NEVER
                   : (l4_kernel_clock_t)(to.t & 0x3ff) << ((to.t >> 10) & 0x1f);
}

/** Point in time of a relative timeout that starts at `cur`; 0 for an absolute one. */
L4_INLINE L4_CONSTEXPR l4_kernel_clock_t l4_timeout_get(l4_kernel_clock_t cur,
                                                        l4_timeout_s to) L4_NOTHROW
{
  return l4_timeout_is_absolute(to) ? 0 : cur + l4_timeout_rel_get(to);
}

/**
 * Shortest relative timeout that is not shorter than `us` microseconds.
 * Above L4_TIMEOUT_US_MAX the result is never.
 */
L4_INLINE L4_CONSTEXPR l4_timeout_s l4_timeout_from_us(l4_uint64_t us) L4_NOTHROW
{
  l4_timeout_s zero = {0x0400};
  l4_timeout_s never = {0};
  if (us == 0) return zero;
  if (us > L4_TIMEOUT_US_MAX) return never;

  unsigned log2 = 63 - (unsigned)__builtin_clzll(us);
  unsigned exponent = log2 > 9 ? log2 - 9 : 0;
  l4_uint64_t mantissa = (us + ((1ULL << exponent) - 1)) >> exponent;
  if (mantissa > 1023) {
    if (exponent < 31) {
      ++exponent;
      mantissa >>= 1;
    } else
      mantissa = 1023;
  }
  return l4_timeout_rel((unsigned)mantissa, exponent);
}

L4_END_DECLS

// SPDX-License-Identifier: MIT
/**
 * Time stamp counter. Call l4_calibrate_tsc() or l4_tsc_init() once before any conversion; without
 * an invariant counter the results are wrong.
 */
#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/kip.h>
#include <l4/sys/l4int.h>

enum { L4_TSC_INIT_AUTO = 0, L4_TSC_INIT_KERNEL = 1, L4_TSC_INIT_CALIBRATE = 2 };

L4_BEGIN_DECLS

/** Nanoseconds per tick and ticks per nanosecond: fixed point with 32 bits. */
extern l4_uint64_t __l4util_ns_per_tick, __l4util_ticks_per_ns;

L4_INLINE l4_cpu_time_t l4_rdtsc(void) L4_NOTHROW
{
  return __builtin_ia32_rdtsc();
}

/** Low half of the counter. */
L4_INLINE l4_uint32_t l4_rdtsc_32(void) L4_NOTHROW
{
  return (l4_uint32_t)__builtin_ia32_rdtsc();
}

/** Performance counter, if the kernel lets user programs read it. */
L4_INLINE l4_cpu_time_t l4_rdpmc(int counter) L4_NOTHROW
{
  return __builtin_ia32_rdpmc(counter);
}

/** (a * b) >> 32 without overflow in between. */
L4_INLINE l4_uint64_t __l4util_scale(l4_uint64_t a, l4_uint64_t b) L4_NOTHROW
{
  return (l4_uint64_t)(((unsigned __int128)a * b) >> 32);
}

L4_INLINE l4_uint64_t l4_tsc_to_ns(l4_cpu_time_t tsc) L4_NOTHROW
{
  return __l4util_scale(tsc, __l4util_ns_per_tick);
}

L4_INLINE l4_uint64_t l4_tsc_to_us(l4_cpu_time_t tsc) L4_NOTHROW
{
  return l4_tsc_to_ns(tsc) / 1000;
}

L4_INLINE void l4_tsc_to_s_and_ns(l4_cpu_time_t tsc, l4_uint32_t *s, l4_uint32_t *ns) L4_NOTHROW
{
  l4_uint64_t all = l4_tsc_to_ns(tsc);
  *s = (l4_uint32_t)(all / 1000000000);
  *ns = (l4_uint32_t)(all % 1000000000);
}

L4_INLINE l4_cpu_time_t l4_ns_to_tsc(l4_uint64_t ns) L4_NOTHROW
{
  return __l4util_scale(ns, __l4util_ticks_per_ns);
}

L4_INLINE void l4_busy_wait_ns(l4_uint64_t ns) L4_NOTHROW
{
  l4_cpu_time_t end = l4_rdtsc() + l4_ns_to_tsc(ns);
  while ((l4_int64_t)(end - l4_rdtsc()) > 0)
    __builtin_ia32_pause();
}

L4_INLINE void l4_busy_wait_us(l4_uint64_t us) L4_NOTHROW
{
  l4_busy_wait_ns(us * 1000);
}

/**
 * Find out the frequency of the counter.
 * \param constraint  L4_TSC_INIT_*: from the kernel info page, by measuring, or what works.
 * \return 0 on an error, else the result of l4_get_hz().
 */
L4_CV l4_uint32_t l4_tsc_init(int constraint, l4_kernel_info_t const *kip) L4_NOTHROW;

/** As l4_tsc_init() with L4_TSC_INIT_AUTO. */
L4_INLINE l4_uint32_t l4_calibrate_tsc(l4_kernel_info_t const *kip) L4_NOTHROW
{
  return l4_tsc_init(L4_TSC_INIT_AUTO, kip);
}

/** Frequency of the counter, Hz; cut to 32 bits. */
L4_CV l4_uint32_t l4_get_hz(void) L4_NOTHROW;

L4_END_DECLS

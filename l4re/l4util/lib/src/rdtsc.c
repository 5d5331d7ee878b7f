// SPDX-License-Identifier: MIT
#include <l4/sys/ipc.h>
#include <l4/util/rdtsc.h>

enum { Measure_us = 50000 };

l4_uint64_t __l4util_ns_per_tick, __l4util_ticks_per_ns;

static l4_uint64_t hz;

static l4_uint64_t measure_hz(l4_kernel_info_t const *kip)
{
  l4_uint64_t t0 = l4_kip_clock_ns(kip);
  l4_cpu_time_t c0 = l4_rdtsc();
  l4_ipc_sleep_us(Measure_us);
  l4_uint64_t t1 = l4_kip_clock_ns(kip);
  l4_cpu_time_t c1 = l4_rdtsc();

  return t1 > t0 ? (l4_uint64_t)((unsigned __int128)(c1 - c0) * 1000000000u / (t1 - t0)) : 0;
}

l4_uint32_t l4_tsc_init(int constraint, l4_kernel_info_t const *kip) L4_NOTHROW
{
  hz = 0;
  if (constraint != L4_TSC_INIT_CALIBRATE) hz = kip->frequency_cpu * 1000;
  if (!hz && constraint != L4_TSC_INIT_KERNEL) hz = measure_hz(kip);
  if (!hz) return 0;

  __l4util_ns_per_tick = (l4_uint64_t)((((unsigned __int128)1000000000u) << 32) / hz);
  __l4util_ticks_per_ns = (l4_uint64_t)((((unsigned __int128)hz) << 32) / 1000000000u);
  return l4_get_hz();
}

l4_uint32_t l4_get_hz(void) L4_NOTHROW
{
  return (l4_uint32_t)hz;
}

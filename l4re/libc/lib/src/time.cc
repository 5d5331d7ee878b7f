// SPDX-License-Identifier: MIT
/*
 * Time: the kernel's clock, which counts from system start. There is no battery clock behind it,
 * so that the real-time clock starts at the epoch too.
 */
#include "libc_priv.h"

#include <l4/sys/ipc.h>
#include <l4/sys/kip.h>
#include <l4/sys/thread.h>

#include <errno.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

l4_uint64_t libc_now_us()
{
  return l4_kip_clock(l4_kip());
}

namespace {

constexpr l4_uint64_t Us_per_s = 1000000, Ns_per_us = 1000, Ns_per_s = 1000000000;

/// CPU clock of a thread: its capability with these low bits (pthread_getcpuclockid()).
constexpr clockid_t Clock_of_thread = 5, Clock_kind_mask = 0xfff;

bool valid(timespec const &t)
{
  return t.tv_sec >= 0 && t.tv_nsec >= 0 && t.tv_nsec < static_cast<long>(Ns_per_s);
}

/// Rounded up: nobody may wake up early.
l4_uint64_t to_us(timespec const &t)
{
  return static_cast<l4_uint64_t>(t.tv_sec) * Us_per_s +
         (static_cast<l4_uint64_t>(t.tv_nsec) + Ns_per_us - 1) / Ns_per_us;
}

void from_us(l4_uint64_t us, timespec *t)
{
  t->tv_sec = static_cast<time_t>(us / Us_per_s);
  t->tv_nsec = static_cast<long>(us % Us_per_s * Ns_per_us);
}

int cpu_time(l4_cap_idx_t thread, timespec *t)
{
  l4_kernel_clock_t us = 0;
  if (l4_error(l4_thread_stats_time(thread, &us)) < 0) return fail(EINVAL);
  from_us(us, t);
  return 0;
}

} // namespace

extern "C" {

// In libpthread; without it the main thread is all there is.
l4_cap_idx_t libc_own_thread() __attribute__((weak));
l4_uint64_t libc_process_time() __attribute__((weak));
// In wait.cc, which libpthread and signals bring along: a sleep that these can end.
l4_uint64_t libc_sleep_until(l4_uint64_t end) __attribute__((weak));

} // extern "C"

namespace {

/**
 * Sleep until a point of the kernel's clock.
 * \return microseconds left; not 0 if the sleep was cancelled from outside (ex_regs)
 */
l4_uint64_t sleep_until(l4_uint64_t end)
{
  if (libc_sleep_until) return libc_sleep_until(end);
  for (;;) {
    l4_uint64_t const now = libc_now_us();
    if (now >= end) return 0;
    // A timeout of the kernel holds 25 days; longer sleeps take several.
    l4_uint64_t const step = end - now < L4_TIMEOUT_US_MAX ? end - now : L4_TIMEOUT_US_MAX;
    l4_msgtag_t const tag = l4_ipc_sleep_us(step);
    if (l4_ipc_error(tag, l4_utcb()) == L4_IPC_RECANCELED) {
      l4_uint64_t const after = libc_now_us();
      return after < end ? end - after : 0;
    }
  }
}

} // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec *t)
{
  switch (clock) {
  case CLOCK_REALTIME:
  case CLOCK_MONOTONIC: {
    l4_uint64_t const ns = l4_kip_clock_ns(l4_kip());
    t->tv_sec = static_cast<time_t>(ns / Ns_per_s);
    t->tv_nsec = static_cast<long>(ns % Ns_per_s);
    return 0;
  }
  case CLOCK_PROCESS_CPUTIME_ID:
    if (!libc_process_time) return cpu_time(l4re_global_env->main_thread, t);
    from_us(libc_process_time(), t);
    return 0;
  case CLOCK_THREAD_CPUTIME_ID:
    return cpu_time(libc_own_thread ? libc_own_thread() : l4re_global_env->main_thread, t);
  default:
    if ((clock & Clock_kind_mask) != Clock_of_thread) return fail(EINVAL);
    return cpu_time(clock & ~Clock_kind_mask, t);
  }
}

int clock_getres(clockid_t clock, timespec *resolution)
{
  bool const wall = clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
  bool const cpu = clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID ||
                   (clock & Clock_kind_mask) == Clock_of_thread;
  if (!wall && !cpu) return fail(EINVAL);
  if (resolution) {
    resolution->tv_sec = 0;
    resolution->tv_nsec = wall ? 1 : static_cast<long>(Ns_per_us);
  }
  return 0;
}

int clock_settime(clockid_t, timespec const *)
{
  return fail(EPERM);
}

int clock_nanosleep(clockid_t clock, int flags, timespec const *request, timespec *remaining)
{
  if ((clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) || !valid(*request)) return EINVAL;
  l4_uint64_t const start = flags & TIMER_ABSTIME ? 0 : libc_now_us();
  l4_uint64_t const left = sleep_until(start + to_us(*request));
  if (!left) return 0;
  if (remaining && !(flags & TIMER_ABSTIME)) from_us(left, remaining);
  return EINTR;
}

int nanosleep(timespec const *request, timespec *remaining)
{
  int const error = clock_nanosleep(CLOCK_MONOTONIC, 0, request, remaining);
  return error ? fail(error) : 0;
}

unsigned sleep(unsigned seconds)
{
  l4_uint64_t const left = sleep_until(libc_now_us() + seconds * Us_per_s);
  return static_cast<unsigned>((left + Us_per_s - 1) / Us_per_s);
}

int usleep(useconds_t us)
{
  return sleep_until(libc_now_us() + us) ? fail(EINTR) : 0;
}

/// There is no battery clock to set.
int settimeofday(timeval const *, struct timezone const *)
{
  return fail(EPERM);
}

int gettimeofday(timeval *tv, void *)
{
  l4_uint64_t const us = libc_now_us();
  tv->tv_sec = static_cast<time_t>(us / Us_per_s);
  tv->tv_usec = static_cast<suseconds_t>(us % Us_per_s);
  return 0;
}

clock_t times(tms *t)
{
  timespec cpu;
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) < 0) return static_cast<clock_t>(-1);
  constexpr l4_uint64_t Us_per_tick = Us_per_s / CLOCKS_PER_SEC;
  *t = {};
  t->tms_utime = static_cast<clock_t>(to_us(cpu) / Us_per_tick);
  return static_cast<clock_t>(libc_now_us() / Us_per_tick);
}

/// There is one process.
int clock_getcpuclockid(pid_t pid, clockid_t *clock)
{
  if (pid && pid != getpid()) return ESRCH;
  *clock = CLOCK_PROCESS_CPUTIME_ID;
  return 0;
}

} // extern "C"

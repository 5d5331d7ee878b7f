// SPDX-License-Identifier: MIT
/*
 * alarm(), interval timers and POSIX timers. The `l4re` of the task triggers the main thread at the
 * earliest expiry; everything else happens there.
 */
#include "signal.h"
#include "libc_priv.h"

#include <errno.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

using namespace Libc;

namespace {

constexpr l4_uint64_t Us_per_s = 1000000;
constexpr unsigned Max_timers = 32;

struct Timer {
  bool used = false;
  int notify = SIGEV_NONE;
  int signal = 0;
  sigval value = {};
  l4_uint64_t expiry = Never; ///< microseconds of the kernel's clock
  l4_uint64_t interval = 0;   ///< 0: once
  int overrun = 0;
  bool due = false; ///< SIGEV_THREAD: nobody took the expiry yet
};

/// Timer 0 is that of alarm() and setitimer(). Guarded by the lock, taken with signals masked.
Timer timers[Max_timers];
Mutex lock;
unsigned due_epoch; ///< counts expiries for threads

/// \param soonest  not before this time: the program shall get on between two expiries
bool rearm(l4_uint64_t soonest = 0)
{
  l4_uint64_t earliest = Never;
  for (Timer const &t : timers)
    if (t.used && t.expiry < earliest) earliest = t.expiry;
  return itas_set_timer(earliest < soonest ? soonest : earliest);
}

/// An expiry that nobody took yet stands for this one as well.
void tell_thread(Timer *t)
{
  t->overrun += t->due;
  t->due = true;
  __atomic_fetch_add(&due_epoch, 1, __ATOMIC_SEQ_CST);
  wake(&due_epoch, All);
}

/// In the main thread, with signals masked.
void expire()
{
  Guard guard(lock);
  l4_uint64_t const now = libc_now_us();
  for (Timer &t : timers) {
    if (!t.used || t.expiry > now) continue;
    l4_uint64_t const missed = t.interval ? (now - t.expiry) / t.interval : 0;
    t.overrun = static_cast<int>(missed);
    t.expiry = t.interval ? t.expiry + (missed + 1) * t.interval : Never;
    if (t.notify == SIGEV_SIGNAL) send_signal(nullptr, t.signal, SI_TIMER, t.value);
    if (t.notify == SIGEV_THREAD) tell_thread(&t);
  }
  constexpr l4_uint64_t Pause = 500;
  rearm(libc_now_us() + Pause);
}

/// From now on `value`, then every `interval`; microseconds, 0: stop.
bool set(Timer *t, l4_uint64_t value, l4_uint64_t interval)
{
  timer_hook = expire;
  t->expiry = value ? libc_now_us() + value : Never;
  t->interval = value ? interval : 0;
  t->overrun = 0;
  return rearm();
}

l4_uint64_t left(Timer const &t)
{
  if (t.expiry == Never) return 0;
  l4_uint64_t const now = libc_now_us();
  return t.expiry > now ? t.expiry - now : 1;
}

bool valid(timeval const &t)
{
  return t.tv_sec >= 0 && t.tv_usec >= 0 && t.tv_usec < static_cast<suseconds_t>(Us_per_s);
}

bool valid(timespec const &t)
{
  return t.tv_sec >= 0 && t.tv_nsec >= 0 && t.tv_nsec < 1000000000;
}

l4_uint64_t us(timeval const &t)
{
  return static_cast<l4_uint64_t>(t.tv_sec) * Us_per_s + static_cast<l4_uint64_t>(t.tv_usec);
}

l4_uint64_t us(timespec const &t)
{
  return static_cast<l4_uint64_t>(t.tv_sec) * Us_per_s +
         (static_cast<l4_uint64_t>(t.tv_nsec) + 999) / 1000;
}

timeval to_timeval(l4_uint64_t n)
{
  return {static_cast<time_t>(n / Us_per_s), static_cast<suseconds_t>(n % Us_per_s)};
}

timespec to_timespec(l4_uint64_t n)
{
  return {static_cast<time_t>(n / Us_per_s), static_cast<long>(n % Us_per_s * 1000)};
}

Timer &alarm_timer()
{
  Timer &t = timers[0];
  if (!t.used) {
    t = {};
    t.used = true;
    t.notify = SIGEV_SIGNAL;
    t.signal = SIGALRM;
  }
  return t;
}

Timer *find(timer_t id)
{
  return id && id < Max_timers && timers[id].used ? &timers[id] : nullptr;
}

} // namespace

extern "C" {

/// ENOSYS without the signal service; ITIMER_VIRTUAL and ITIMER_PROF: EINVAL.
int setitimer(int which, itimerval const *value, itimerval *old)
{
  if (which != ITIMER_REAL || !valid(value->it_value) || !valid(value->it_interval))
    return fail(EINVAL);
  All_masked const masked;
  Guard guard(lock);
  Timer &t = alarm_timer();
  if (old) *old = {to_timeval(t.interval), to_timeval(left(t))};
  return set(&t, us(value->it_value), us(value->it_interval)) ? 0 : fail(ENOSYS);
}

int getitimer(int which, itimerval *value)
{
  if (which != ITIMER_REAL) return fail(EINVAL);
  All_masked const masked;
  Guard guard(lock);
  Timer const &t = alarm_timer();
  *value = {to_timeval(t.interval), to_timeval(left(t))};
  return 0;
}

unsigned alarm(unsigned seconds)
{
  itimerval value = {}, old = {};
  value.it_value.tv_sec = static_cast<time_t>(seconds);
  if (setitimer(ITIMER_REAL, &value, &old) < 0) return 0;
  return static_cast<unsigned>(old.it_value.tv_sec) + (old.it_value.tv_usec ? 1 : 0);
}

useconds_t ualarm(useconds_t value, useconds_t interval)
{
  itimerval const t = {to_timeval(interval), to_timeval(value)};
  itimerval old = {};
  if (setitimer(ITIMER_REAL, &t, &old) < 0) return 0;
  return static_cast<useconds_t>(us(old.it_value));
}

/// timer_create(), which is this in programs without threads, and libpthread's in others.
int libc_timer_create(clockid_t clock, sigevent *event, timer_t *id)
{
  if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) return fail(EINVAL);
  int const notify = event ? event->sigev_notify : SIGEV_SIGNAL;
  int const signal = event ? event->sigev_signo : SIGALRM;
  bool const no_signal = notify == SIGEV_NONE || notify == SIGEV_THREAD;
  if (!no_signal && (notify != SIGEV_SIGNAL || signal <= 0 || signal >= NSIG)) return fail(EINVAL);
  All_masked const masked;
  Guard guard(lock);
  for (unsigned i = 1; i < Max_timers; ++i) {
    if (timers[i].used) continue;
    timers[i] = {};
    timers[i].used = true;
    timers[i].notify = notify;
    timers[i].signal = signal;
    timers[i].value = event ? event->sigev_value : sigval{static_cast<int>(i)};
    *id = i;
    return 0;
  }
  return fail(EAGAIN);
}

int timer_delete(timer_t id)
{
  All_masked const masked;
  Guard guard(lock);
  Timer *const t = find(id);
  if (!t) return fail(EINVAL);
  *t = {};
  return rearm() ? 0 : fail(ENOSYS);
}

int timer_settime(timer_t id, int flags, itimerspec const *value, itimerspec *old)
{
  if (!valid(value->it_value) || !valid(value->it_interval)) return fail(EINVAL);
  All_masked const masked;
  Guard guard(lock);
  Timer *const t = find(id);
  if (!t) return fail(EINVAL);
  if (old) *old = {to_timespec(t->interval), to_timespec(left(*t))};
  l4_uint64_t wanted = us(value->it_value);
  if (wanted && (flags & TIMER_ABSTIME)) {
    l4_uint64_t const now = libc_now_us();
    wanted = wanted > now ? wanted - now : 1;
  }
  return set(t, wanted, us(value->it_interval)) ? 0 : fail(ENOSYS);
}

int timer_gettime(timer_t id, itimerspec *value)
{
  All_masked const masked;
  Guard guard(lock);
  Timer const *const t = find(id);
  if (!t) return fail(EINVAL);
  *value = {to_timespec(t->interval), to_timespec(left(*t))};
  return 0;
}

int timer_getoverrun(timer_t id)
{
  All_masked const masked;
  Guard guard(lock);
  Timer const *const t = find(id);
  return t ? t->overrun : fail(EINVAL);
}

/// For libpthread: a timer with SIGEV_THREAD that expired since the last call, or 0.
unsigned libc_timer_take_due()
{
  All_masked const masked;
  Guard guard(lock);
  for (unsigned i = 1; i < Max_timers; ++i) {
    if (!timers[i].due) continue;
    timers[i].due = false;
    return i;
  }
  return 0;
}

/// A word that changes when a timer becomes due.
unsigned *libc_timer_due_epoch()
{
  return &due_epoch;
}

} // extern "C"

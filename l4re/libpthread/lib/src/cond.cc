// SPDX-License-Identifier: MIT
/*
 * Condition variables: a counter of signals. Who waits remembers the counter before it releases the
 * mutex, so that no signal in between is lost.
 */
#include <l4/libc/wait.h>

#include <errno.h>
#include <pthread.h>

namespace {

int wait_until(pthread_cond_t *c, pthread_mutex_t *m, l4_uint64_t deadline)
{
  Libc::cancellation_point();
  __atomic_fetch_add(&c->__waiters, 1, __ATOMIC_SEQ_CST);
  unsigned const seen = Libc::load(c->__word);
  int error = pthread_mutex_unlock(m);
  if (!error) {
    error = Libc::wait(&c->__word, seen, deadline, Libc::Wait_mode::Interruptible);
    // pthread_cond_destroy() waits for this; afterwards the object may be gone.
    if (__atomic_fetch_sub(&c->__waiters, 1, __ATOMIC_SEQ_CST) == 1)
      Libc::wake(&c->__waiters, Libc::All);
    // The handlers of a cancelled thread find the mutex locked.
    int const locked = pthread_mutex_lock(m);
    if (error == EINTR) {
      Libc::cancellation_point();
      error = 0; // a signal: nothing to the caller but a wake-up without a reason
    }
    return locked ? locked : error;
  }
  __atomic_fetch_sub(&c->__waiters, 1, __ATOMIC_SEQ_CST);
  return error;
}

void notify(pthread_cond_t *c, unsigned count)
{
  if (!__atomic_load_n(&c->__waiters, __ATOMIC_SEQ_CST)) return;
  __atomic_fetch_add(&c->__word, 1, __ATOMIC_RELEASE);
  Libc::wake(&c->__word, count);
}

} // namespace

extern "C" {

int pthread_condattr_init(pthread_condattr_t *attr)
{
  attr->__clock = CLOCK_REALTIME;
  return 0;
}

int pthread_condattr_destroy(pthread_condattr_t *)
{
  return 0;
}

int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock)
{
  if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) return EINVAL;
  attr->__clock = clock;
  return 0;
}

int pthread_condattr_getclock(pthread_condattr_t const *attr, clockid_t *clock)
{
  *clock = attr->__clock;
  return 0;
}

int pthread_cond_init(pthread_cond_t *c, pthread_condattr_t const *attr)
{
  *c = {};
  c->__clock = attr ? attr->__clock : CLOCK_REALTIME;
  return 0;
}

int pthread_cond_destroy(pthread_cond_t *c)
{
  while (unsigned const waiters = Libc::load(c->__waiters))
    Libc::wait(&c->__waiters, waiters);
  return 0;
}

int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
  return wait_until(c, m, Libc::Never);
}

int pthread_cond_clockwait(pthread_cond_t *c, pthread_mutex_t *m, clockid_t clock,
                           timespec const *end)
{
  l4_uint64_t deadline;
  if (!Libc::deadline(clock, end, &deadline)) return EINVAL;
  return wait_until(c, m, deadline);
}

int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, timespec const *end)
{
  return pthread_cond_clockwait(c, m, CLOCK_REALTIME, end);
}

int pthread_cond_signal(pthread_cond_t *c)
{
  notify(c, 1);
  return 0;
}

int pthread_cond_broadcast(pthread_cond_t *c)
{
  notify(c, Libc::All);
  return 0;
}

} // extern "C"

// SPDX-License-Identifier: MIT
/*
 * Read-write locks. A waiting writer keeps new readers out.
 */
#include <l4/libc/wait.h>

#include <errno.h>
#include <pthread.h>

namespace {

constexpr unsigned Writer = ~0U, Max_readers = Writer - 1;

int try_read(pthread_rwlock_t *l)
{
  unsigned now = Libc::load(l->__word);
  do {
    if (now == Writer || Libc::load(l->__writers_waiting)) return EBUSY;
    if (now == Max_readers) return EAGAIN;
  } while (!Libc::exchange_if(l->__word, now, now + 1));
  return 0;
}

int try_write(pthread_rwlock_t *l)
{
  unsigned expected = 0;
  return Libc::exchange_if(l->__word, expected, Writer) ? 0 : EBUSY;
}

void notify(pthread_rwlock_t *l)
{
  __atomic_fetch_add(&l->__epoch, 1, __ATOMIC_SEQ_CST);
  Libc::wake(&l->__epoch, Libc::All);
}

/// The epoch is read before the attempt: a release in between makes the wait return at once.
int until(pthread_rwlock_t *l, int (*attempt)(pthread_rwlock_t *), l4_uint64_t deadline)
{
  int error = attempt(l);
  if (error != EBUSY) return error;
  bool const writing = attempt == try_write;
  __atomic_fetch_add(&l->__waiters, 1, __ATOMIC_SEQ_CST);
  if (writing) __atomic_fetch_add(&l->__writers_waiting, 1, __ATOMIC_SEQ_CST);
  for (;;) {
    unsigned const epoch = Libc::load(l->__epoch);
    error = attempt(l);
    if (error != EBUSY) break;
    error = Libc::wait(&l->__epoch, epoch, deadline);
    if (error) break;
  }
  __atomic_fetch_sub(&l->__waiters, 1, __ATOMIC_SEQ_CST);
  // A writer that gives up lets the readers in that waited behind it.
  if (writing && __atomic_fetch_sub(&l->__writers_waiting, 1, __ATOMIC_SEQ_CST) == 1 && error)
    notify(l);
  return error;
}

int until_time(pthread_rwlock_t *l, int (*attempt)(pthread_rwlock_t *), timespec const *end)
{
  l4_uint64_t deadline;
  return Libc::deadline(CLOCK_MONOTONIC, end, &deadline) ? until(l, attempt, deadline) : EINVAL;
}

} // namespace

extern "C" {

int pthread_rwlockattr_init(pthread_rwlockattr_t *attr)
{
  *attr = {};
  return 0;
}

int pthread_rwlockattr_destroy(pthread_rwlockattr_t *)
{
  return 0;
}

int pthread_rwlock_init(pthread_rwlock_t *l, pthread_rwlockattr_t const *)
{
  *l = {};
  return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *l)
{
  return Libc::load(l->__word) ? EBUSY : 0;
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *l)
{
  return try_read(l);
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *l)
{
  return try_write(l);
}

int pthread_rwlock_rdlock(pthread_rwlock_t *l)
{
  return until(l, try_read, Libc::Never);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *l)
{
  return until(l, try_write, Libc::Never);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *l, timespec const *end)
{
  return until_time(l, try_read, end);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *l, timespec const *end)
{
  return until_time(l, try_write, end);
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t *l, clockid_t, timespec const *end)
{
  return until_time(l, try_read, end);
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t *l, clockid_t, timespec const *end)
{
  return until_time(l, try_write, end);
}

int pthread_rwlock_unlock(pthread_rwlock_t *l)
{
  unsigned now = Libc::load(l->__word);
  if (!now) return EPERM;
  while (!Libc::exchange_if(l->__word, now, now == Writer ? 0 : now - 1)) {}
  if (__atomic_load_n(&l->__waiters, __ATOMIC_SEQ_CST)) notify(l);
  return 0;
}

} // extern "C"

// SPDX-License-Identifier: MIT
#include <l4/libc/wait.h>

#include <errno.h>
#include <semaphore.h>

namespace {

int fail(int error)
{
  errno = error;
  return -1;
}

bool try_take(sem_t *s)
{
  unsigned now = Libc::load(s->__word);
  while (now)
    if (Libc::exchange_if(s->__word, now, now - 1)) return true;
  return false;
}

int wait_until(sem_t *s, l4_uint64_t deadline)
{
  using Libc::Wait_mode;
  Libc::cancellation_point();
  if (try_take(s)) return 0;
  int error = 0;
  __atomic_fetch_add(&s->__waiters, 1, __ATOMIC_SEQ_CST);
  while (!try_take(s) && !(error = Libc::wait(&s->__word, 0, deadline, Wait_mode::Interruptible))) {
  }
  __atomic_fetch_sub(&s->__waiters, 1, __ATOMIC_SEQ_CST);
  if (error == EINTR) Libc::cancellation_point();
  return error ? fail(error) : 0;
}

} // namespace

extern "C" {

int sem_init(sem_t *s, int shared, unsigned value)
{
  if (shared) return fail(ENOTSUP);
  if (value > SEM_VALUE_MAX) return fail(EINVAL);
  *s = {value, 0};
  return 0;
}

int sem_destroy(sem_t *)
{
  return 0;
}

int sem_post(sem_t *s)
{
  unsigned now = Libc::load(s->__word);
  do {
    if (now >= SEM_VALUE_MAX) return fail(EOVERFLOW);
  } while (!__atomic_compare_exchange_n(&s->__word, &now, now + 1, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST));
  if (__atomic_load_n(&s->__waiters, __ATOMIC_SEQ_CST)) Libc::wake(&s->__word, 1);
  return 0;
}

int sem_wait(sem_t *s)
{
  return wait_until(s, Libc::Never);
}

int sem_trywait(sem_t *s)
{
  return try_take(s) ? 0 : fail(EAGAIN);
}

int sem_clockwait(sem_t *s, clockid_t clock, timespec const *end)
{
  l4_uint64_t deadline;
  return Libc::deadline(clock, end, &deadline) ? wait_until(s, deadline) : fail(EINVAL);
}

int sem_timedwait(sem_t *s, timespec const *end)
{
  return sem_clockwait(s, CLOCK_REALTIME, end);
}

int sem_getvalue(sem_t *s, int *value)
{
  *value = static_cast<int>(Libc::load(s->__word));
  return 0;
}

} // extern "C"

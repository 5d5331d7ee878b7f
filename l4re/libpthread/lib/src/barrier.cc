// SPDX-License-Identifier: MIT
#include <l4/libc/wait.h>

#include <errno.h>
#include <pthread.h>

extern "C" {

int pthread_barrierattr_init(pthread_barrierattr_t *attr)
{
  *attr = {};
  return 0;
}

int pthread_barrierattr_destroy(pthread_barrierattr_t *)
{
  return 0;
}

int pthread_barrier_init(pthread_barrier_t *b, pthread_barrierattr_t const *, unsigned count)
{
  if (!count) return EINVAL;
  *b = {};
  b->__count = count;
  return 0;
}

int pthread_barrier_destroy(pthread_barrier_t *b)
{
  return Libc::load(b->__arrived) ? EBUSY : 0;
}

int pthread_barrier_wait(pthread_barrier_t *b)
{
  pthread_mutex_lock(&b->__lock);
  unsigned const round = Libc::load(b->__word);
  bool const last = ++b->__arrived == b->__count;
  if (last) {
    b->__arrived = 0;
    Libc::store(b->__word, round + 1);
  }
  pthread_mutex_unlock(&b->__lock);
  if (last) {
    Libc::wake(&b->__word, Libc::All);
    return PTHREAD_BARRIER_SERIAL_THREAD;
  }
  while (Libc::load(b->__word) == round)
    Libc::wait(&b->__word, round);
  return 0;
}

} // extern "C"

// SPDX-License-Identifier: MIT
/*
 * Mutexes. A free one is taken, and one that nobody waits for released, by one atomic operation.
 */
#include "mutex.h"

#include <errno.h>

namespace {

using namespace Mutex_word;
using Libc::exchange_if;

bool is_plain(pthread_mutex_t const *m)
{
  return !(m->__type & Named_owner);
}

bool try_take(pthread_mutex_t *m)
{
  unsigned expected = Free;
  return exchange_if(m->__word, expected, unsigned{Taken});
}

/// A thread that waited takes the mutex as Contended: it does not know whether others still wait.
int take(pthread_mutex_t *m, l4_uint64_t deadline)
{
  if (try_take(m)) return 0;
  while (__atomic_exchange_n(&m->__word, Contended, __ATOMIC_ACQUIRE) != Free)
    if (int error = Libc::wait(&m->__word, Contended, deadline)) return error;
  return 0;
}

// Only the holder writes its own id: a thread reads its own id exactly if it is the holder.
bool is_mine(pthread_mutex_t const *m)
{
  return __atomic_load_n(&m->__owner, __ATOMIC_RELAXED) == pthread_self();
}

void set_owner(pthread_mutex_t *m, pthread_t owner)
{
  __atomic_store_n(&m->__owner, owner, __ATOMIC_RELAXED);
}

/// \return true if the caller has the mutex already; `*error` says what that means
bool again(pthread_mutex_t *m, int busy, int *error)
{
  if (m->__type == PTHREAD_MUTEX_NORMAL || !is_mine(m)) return false;
  *error = m->__type == PTHREAD_MUTEX_ERRORCHECK ? busy : m->__depth == ~0U ? EAGAIN : 0;
  if (!*error) ++m->__depth;
  return true;
}

int lock_until(pthread_mutex_t *m, l4_uint64_t deadline)
{
  int error;
  if (again(m, EDEADLK, &error)) return error;
  error = take(m, deadline);
  if (!error && m->__type != PTHREAD_MUTEX_NORMAL) set_owner(m, pthread_self());
  return error;
}

} // namespace

extern "C" {

int pthread_mutex_init(pthread_mutex_t *m, pthread_mutexattr_t const *attr)
{
  *m = {};
  if (!attr) return 0;
  m->__type = attr->__type;
  m->__ceiling = attr->__ceiling;
  return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *m)
{
  return load(m->__word) == Free ? 0 : EBUSY;
}

int pthread_mutex_lock(pthread_mutex_t *m)
{
  return is_plain(m) ? lock_until(m, Libc::Never) : owned_lock(m, Libc::Never);
}

int pthread_mutex_trylock(pthread_mutex_t *m)
{
  if (!is_plain(m)) return owned_trylock(m);
  int error;
  if (again(m, EBUSY, &error)) return error;
  if (!try_take(m)) return EBUSY;
  if (m->__type != PTHREAD_MUTEX_NORMAL) set_owner(m, pthread_self());
  return 0;
}

int pthread_mutex_clocklock(pthread_mutex_t *m, clockid_t clock, timespec const *end)
{
  l4_uint64_t deadline;
  if (!Libc::deadline(clock, end, &deadline)) return EINVAL;
  return is_plain(m) ? lock_until(m, deadline) : owned_lock(m, deadline);
}

int pthread_mutex_timedlock(pthread_mutex_t *m, timespec const *end)
{
  return pthread_mutex_clocklock(m, CLOCK_REALTIME, end);
}

int pthread_mutex_unlock(pthread_mutex_t *m)
{
  if (!is_plain(m)) return owned_unlock(m);
  if (m->__type != PTHREAD_MUTEX_NORMAL) {
    if (!is_mine(m)) return EPERM;
    if (m->__depth) {
      --m->__depth;
      return 0;
    }
    set_owner(m, 0);
  }
  // From here on the mutex may be gone: only its address is used.
  if (__atomic_exchange_n(&m->__word, Free, __ATOMIC_RELEASE) == Contended)
    Libc::wake(&m->__word, 1);
  return 0;
}

int pthread_spin_init(pthread_spinlock_t *lock, int)
{
  lock->__word = Free;
  return 0;
}

int pthread_spin_destroy(pthread_spinlock_t *)
{
  return 0;
}

int pthread_spin_trylock(pthread_spinlock_t *lock)
{
  unsigned expected = Free;
  return exchange_if(lock->__word, expected, unsigned{Taken}) ? 0 : EBUSY;
}

/// Does not spin: the owner may have a lower priority on the same CPU and would never run.
int pthread_spin_lock(pthread_spinlock_t *lock)
{
  if (pthread_spin_trylock(lock) == 0) return 0;
  while (__atomic_exchange_n(&lock->__word, Contended, __ATOMIC_ACQUIRE) != Free)
    Libc::wait(&lock->__word, Contended);
  return 0;
}

int pthread_spin_unlock(pthread_spinlock_t *lock)
{
  if (__atomic_exchange_n(&lock->__word, Free, __ATOMIC_RELEASE) == Contended)
    Libc::wake(&lock->__word, 1);
  return 0;
}

} // extern "C"

// SPDX-License-Identifier: MIT
/*
 * Robust mutexes, and mutexes with a priority protocol.
 */
#include "mutex.h"
#include "priority.h"

#include <errno.h>

namespace {

using namespace Mutex_word;

bool is_mine(pthread_mutex_t const *m, Thread const *self)
{
  return owner_number(load(m->__word)) == self->number;
}

bool try_take(pthread_mutex_t *m, Thread const *self)
{
  unsigned expected = Free;
  return Libc::exchange_if(m->__word, expected, by(self));
}

/// A thread that waited takes the mutex with the mark of waiters: it does not know of others.
int take(pthread_mutex_t *m, Thread const *self, l4_uint64_t deadline)
{
  for (;;) {
    unsigned now = load(m->__word);
    if (load(m->__type) & Unrecoverable) return ENOTRECOVERABLE;
    if (now == Free) {
      if (Libc::exchange_if(m->__word, now, by(self) | Waited_for)) return 0;
      continue;
    }
    if (!(now & Waited_for) && !Libc::exchange_if(m->__word, now, now | Waited_for)) continue;
    if (int const error = Libc::wait(&m->__word, now | Waited_for, deadline)) return error;
  }
}

int wait_and_take(pthread_mutex_t *m, Thread *self, l4_uint64_t deadline)
{
  if (!(m->__type & Inherit)) return take(m, self, deadline);
  Priority_waiter const waiter(self, m);
  return take(m, self, deadline);
}

void release(pthread_mutex_t *m)
{
  if (__atomic_exchange_n(&m->__word, Free, __ATOMIC_RELEASE) & Waited_for)
    Libc::wake(&m->__word, 1);
}

/// The mutex is the caller's now.
int taken(pthread_mutex_t *m, Thread *self)
{
  if (load(m->__type) & Unrecoverable) {
    release(m);
    Libc::wake(&m->__word, Libc::All);
    return ENOTRECOVERABLE;
  }
  note_taken(self, m);
  return m->__type & Inconsistent ? EOWNERDEAD : 0;
}

/// \return true if the caller has the mutex already; `*error` says what that means
bool again(pthread_mutex_t *m, Thread const *self, int busy, int *error)
{
  if (!is_mine(m, self)) return false;
  *error = busy;
  if ((m->__type & Type_mask) != PTHREAD_MUTEX_RECURSIVE) return true;
  *error = m->__depth == ~0U ? EAGAIN : 0;
  if (!*error) ++m->__depth;
  return true;
}

bool above_ceiling(pthread_mutex_t const *m, Thread const *self)
{
  return (m->__type & Protect) && self->priority > m->__ceiling;
}

} // namespace

int owned_lock(pthread_mutex_t *m, l4_uint64_t deadline)
{
  Thread *const self = Thread::self();
  int error;
  // A plain lock of a mutex that one has: forever, as POSIX says for the type NORMAL, is of no use
  // to anybody; with an owner known, EDEADLK is allowed and better.
  if (again(m, self, EDEADLK, &error)) return error;
  if (above_ceiling(m, self)) return EINVAL;
  if (!try_take(m, self))
    if (int const e = wait_and_take(m, self, deadline)) return e;
  return taken(m, self);
}

int owned_trylock(pthread_mutex_t *m)
{
  Thread *const self = Thread::self();
  int error;
  if (again(m, self, EBUSY, &error)) return error;
  if (above_ceiling(m, self)) return EINVAL;
  return try_take(m, self) ? taken(m, self) : EBUSY;
}

int owned_unlock(pthread_mutex_t *m)
{
  Thread *const self = Thread::self();
  if (!is_mine(m, self)) return EPERM;
  if (m->__depth) {
    --m->__depth;
    return 0;
  }
  note_left(self, m);
  if (m->__type & Inconsistent) {
    store(m->__type, (m->__type & ~unsigned{Inconsistent}) | Unrecoverable);
    release(m);
    Libc::wake(&m->__word, Libc::All);
  } else
    release(m);
  settle(self);
  return 0;
}

void leave_robust_mutexes(Thread *self)
{
  while (pthread_mutex_t *const m = self->held) {
    note_left(self, m);
    if (!(m->__type & Robust)) continue; // stays taken for ever, as POSIX says
    m->__depth = 0;
    store(m->__type, m->__type | Inconsistent);
    release(m);
  }
}

extern "C" int pthread_mutex_consistent(pthread_mutex_t *m)
{
  if (!(m->__type & Inconsistent) || !is_mine(m, Thread::self())) return EINVAL;
  store(m->__type, m->__type & ~unsigned{Inconsistent});
  return 0;
}

// SPDX-License-Identifier: MIT
#include "priority.h"
#include "mutex.h"

#include <errno.h>

namespace {

using namespace Mutex_word;

/// Guards the waiters, the lists of held mutexes and effective priorities.
Libc::Mutex priority_lock;
Priority_waiter *waiters;

/// Longer chains of waiting threads than this lend no further.
constexpr int Max_chain = 32;

int wanted(Thread const *t)
{
  int best = t->priority;
  for (pthread_mutex_t const *m = t->held; m; m = m->__next)
    if ((m->__type & Protect) && m->__ceiling > best) best = m->__ceiling;
  for (Priority_waiter const *w = waiters; w; w = w->next)
    if (owner_number(load(w->mutex->__word)) == t->number && w->thread->effective > best)
      best = w->thread->effective;
  return best;
}

/// Bring a thread's priority up to date, and those of the threads that it waits for.
void update(Thread *t)
{
  for (int depth = 0; t && depth < Max_chain; ++depth) {
    int const now = wanted(t);
    if (now == t->effective) return;
    t->effective = now;
    apply_schedule(*t, now);
    Priority_waiter const *w = waiters;
    while (w && w->thread != t)
      w = w->next;
    if (!w) return;
    unsigned const owner = owner_number(load(w->mutex->__word));
    Guard guard(threads_lock);
    t = all_threads;
    while (t && t->number != owner)
      t = t->next;
  }
}

void update_owner(pthread_mutex_t const *m)
{
  Thread *owner;
  {
    Guard guard(threads_lock);
    owner = all_threads;
    while (owner && owner->number != owner_number(load(m->__word)))
      owner = owner->next;
  }
  if (owner) update(owner);
}

} // namespace

Priority_waiter::Priority_waiter(Thread *t, pthread_mutex_t *m) : thread(t), mutex(m)
{
  Guard guard(priority_lock);
  next = waiters;
  waiters = this;
  update_owner(mutex);
}

Priority_waiter::~Priority_waiter()
{
  Guard guard(priority_lock);
  Priority_waiter **at = &waiters;
  while (*at != this)
    at = &(*at)->next;
  *at = next;
  update_owner(mutex);
}

void note_taken(Thread *self, pthread_mutex_t *m)
{
  Guard guard(priority_lock);
  m->__next = self->held;
  self->held = m;
  if (m->__type & (Inherit | Protect)) update(self);
}

void note_left(Thread *self, pthread_mutex_t *m)
{
  Guard guard(priority_lock);
  pthread_mutex_t **at = &self->held;
  while (*at && *at != m)
    at = &(*at)->__next;
  if (*at) *at = m->__next;
}

void settle(Thread *self)
{
  if (self->effective == self->priority) return;
  Guard guard(priority_lock);
  update(self);
}

int set_base_priority(Thread *t, int priority)
{
  if (priority < 1 || priority > 255) return EINVAL;
  Guard guard(priority_lock);
  int const old = t->priority;
  t->priority = priority;
  int const now = wanted(t);
  if (int const error = apply_schedule(*t, now)) {
    t->priority = old;
    return error;
  }
  t->effective = now;
  return 0;
}

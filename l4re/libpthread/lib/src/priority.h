// SPDX-License-Identifier: MIT
#pragma once

#include "thread.h"

/**
 * \file
 * Priorities that come from mutexes: a thread runs with the highest of its own priority, the
 * ceilings of the mutexes it holds, and the priorities of those that wait for its mutexes with the
 * protocol PTHREAD_PRIO_INHERIT. The kernel hears of it only when that changes.
 */

/// A thread that waits for a mutex with inheritance; for its life the owner inherits.
class Priority_waiter {
public:
  Priority_waiter(Thread *thread, pthread_mutex_t *mutex);
  ~Priority_waiter();
  Priority_waiter(Priority_waiter const &) = delete;

  Thread *const thread;
  pthread_mutex_t *const mutex;
  Priority_waiter *next;
};

/// Note that the calling thread took a mutex of the kinds in mutex.h, or is about to leave it.
void note_taken(Thread *self, pthread_mutex_t *mutex);
void note_left(Thread *self, pthread_mutex_t *mutex);
/// After a mutex was left: what was inherited through it ends.
void settle(Thread *self);

/// \return 0, EPERM, or EINVAL for what is no priority
int set_base_priority(Thread *t, int priority);

// SPDX-License-Identifier: MIT
#pragma once

#include "lock.h"
#include "wait.h"

#include <l4/sys/semaphore.h>
#include <l4/sys/types.h>
#include <l4/sys/utcb.h>

#include <pthread.h>

/// How a thread sleeps in an internal lock: on its own semaphore.
struct Thread_park {
  using Handle = l4_cap_idx_t;
  static Handle prepare();
  static void sleep(Lock<Thread_park>::Waiter *self);
  static void wake(Handle handle) { l4_semaphore_up(handle); }
};

using Internal_lock = Lock<Thread_park>;

class Lock_guard {
public:
  explicit Lock_guard(Internal_lock &lock) : _lock(lock) { _lock.acquire(); }
  ~Lock_guard() { _lock.release(); }
  Lock_guard(Lock_guard const &) = delete;

private:
  Internal_lock &_lock;
};

/// A region of address space with memory, below it a guard that faults.
struct Stack {
  l4_addr_t area = 0; ///< with the guard; 0: the user's own memory
  l4_addr_t start = 0;
  l4_size_t size = 0;
};

/**
 * What the library knows of a thread; found through the first user word of its UTCB, whose address
 * is the pthread_t.
 */
struct Thread {
  static constexpr unsigned Keys = 128;

  l4_cap_idx_t cap, semaphore;
  l4_addr_t utcb;
  Stack stack;
  void *(*function)(void *);
  void *argument;
  void *result;
  bool started, detached;
  /// The thread holds nothing any more: it may be deleted at any point.
  bool gone;
  /// Semaphore of the thread that joins this one, or 0. Not this thread's own: its wake-ups are
  /// counted and must not be taken by others.
  l4_cap_idx_t joiner;
  int policy, priority;
  void *keys[Keys];
  _pthread_cleanup_context *cleanup;
  Thread *next; ///< in the list of all threads

  /// The calling thread; the first call of a thread that this library did not make adopts it.
  static Thread *self();
  static Thread *of(pthread_t id);
  pthread_t id() const { return utcb; }
};

/// Guards the list of threads and the member `detached`.
extern Internal_lock threads_lock;
extern Thread *all_threads;

/// Resources of threads (memory.cc). Each returns false when there is none.
bool stack_alloc(Stack *stack, l4_size_t size, l4_size_t guard);
void stack_free(Stack const &stack);
bool utcb_alloc(l4_addr_t *utcb);
void utcb_free(l4_addr_t utcb);
/// Semaphores are kept for later threads and never deleted: a late wake-up must find a semaphore.
bool semaphore_alloc(l4_cap_idx_t *semaphore);
void semaphore_free(l4_cap_idx_t semaphore);

/// Run the destructors of the calling thread's keys.
void run_key_destructors(Thread *self);

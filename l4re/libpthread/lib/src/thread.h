// SPDX-License-Identifier: MIT
#pragma once

#include <l4/libc/wait.h>

#include <l4/sys/scheduler.h>
#include <l4/sys/types.h>
#include <l4/sys/utcb.h>

#include <pthread.h>

using Libc::Guard;
using Libc::load;
using Libc::store;

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
  static constexpr unsigned Name_size = 16;

  l4_cap_idx_t cap;
  l4_addr_t utcb;
  Stack stack;
  l4_size_t guard;
  void *(*function)(void *);
  void *argument;
  void *result;
  bool started, detached;
  bool cancelled; ///< before it ran; later Libc::Thread_state says it
  bool ended;     ///< runs no code of the program any more
  /// The thread holds nothing any more: it may be deleted at any point.
  bool gone;
  /// Semaphore of the thread that joins this one, or 0. Its wake-ups are counted; a late one does
  /// no harm.
  l4_cap_idx_t joiner;
  /// In the thread's own storage: there while the thread runs.
  Libc::Thread_state *state;
  l4_umword_t signal_mask;   ///< with which it begins
  l4_umword_t early_signals; ///< sent before it began; bit n: signal n
  int policy, priority;
  int effective; ///< priority with what is inherited (priority.h)
  l4_sched_cpu_set_t cpus; ///< map 0: every CPU
  unsigned number;         ///< names the thread in the words of mutexes; never 0, never used twice
  pthread_mutex_t *held;   ///< robust and priority mutexes
  void *keys[Keys];
  _pthread_cleanup_context *cleanup;
  char name[Name_size];
  Thread *next; ///< in the list of all threads

  /// The calling thread; the first call of a thread that this library did not make adopts it.
  static Thread *self();
  static Thread *of(pthread_t id);
  /// Of an argument of a program: the calling thread, or one that is known; null for others.
  static Thread *given(pthread_t id);
  pthread_t id() const { return utcb; }
};

/// Guards the list of threads and the members `detached`, `cancelled` and `state`.
extern Libc::Mutex threads_lock;
extern Thread *all_threads;
/// CPU time of the threads that are gone, microseconds.
extern l4_uint64_t past_time;

unsigned new_thread_number();
/// Give priority and CPUs of a thread to the scheduler. \return 0 or EPERM
int apply_schedule(Thread const &t, int priority);

/// Resources of threads (memory.cc). Each returns false when there is none.
bool stack_alloc(Stack *stack, l4_size_t size, l4_size_t guard);
void stack_free(Stack const &stack);
bool utcb_alloc(l4_addr_t *utcb);
void utcb_free(l4_addr_t utcb);

/// Run the destructors of the calling thread's keys.
void run_key_destructors(Thread *self);
/// Hand over the robust mutexes that the calling thread holds at its end.
void leave_robust_mutexes(Thread *self);

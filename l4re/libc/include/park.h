// SPDX-License-Identifier: MIT
#pragma once

#include <l4/libc/lock.h>

#include <l4/sys/types.h>

/**
 * \file
 * How a thread sleeps: on a semaphore of its own, made when it has to wait for the first time.
 *
 * Wake-ups are counted and may be left from earlier waits, or come from anybody: what a thread waits
 * for is always a word in memory, and a wake-up only means "look again". Semaphores are never
 * deleted, but kept for later threads, so that a late wake-up finds a semaphore.
 */
namespace Libc {

/// What the library keeps for each thread (in its thread-local storage).
struct Thread_state {
  l4_cap_idx_t park = L4_INVALID_CAP;
  /// Counts what ends an interruptible wait: signal handlers that ran.
  unsigned interrupts = 0;
  bool cancel_pending = false;  ///< set by others
  bool cancel_disabled = false; ///< of the thread itself, as all below
  bool cancel_async = false;
  bool restart = false; ///< the last handler that interrupted a call had SA_RESTART
  /// Number of Guards that live: handlers wait until there is none, since they may want the same
  /// lock, e.g. in write().
  unsigned guards = 0;
  bool deferred = false; ///< a handler waits
  struct Signal_state *signals = nullptr; ///< signal.cc; null: the thread takes no signals
};

Thread_state &thread_state();

/// How threads of the C library sleep in a lock.
struct Park {
  using Handle = l4_cap_idx_t;

  /// The calling thread's semaphore; an invalid capability if none can be had (no slot, no quota):
  /// such a thread looks again every millisecond, which is slow, but the program goes on.
  static Handle prepare();
  static void sleep(Lock<Park>::Waiter *self);
  static void wake(Handle handle);

  static constexpr l4_uint64_t Never = ~0ULL;
  /// Sleep until a wake-up, or until a time of the kernel's clock in microseconds.
  static void sleep_until(l4_uint64_t deadline);
};

using Mutex = Lock<Park>;

class Guard {
public:
  explicit Guard(Mutex &mutex) : _mutex(mutex), _thread(thread_state())
  {
    ++_thread.guards;
    in_order();
    _mutex.acquire();
  }
  ~Guard()
  {
    _mutex.release();
    in_order();
    --_thread.guards;
    in_order();
    if (!_thread.guards && _thread.deferred) run_deferred();
  }
  Guard(Guard const &) = delete;
  Guard &operator=(Guard const &) = delete;

private:
  /// For handlers of this thread, which look at the count between any two instructions.
  static void in_order() { asm volatile("" ::: "memory"); }
  static void run_deferred();

  Mutex &_mutex;
  Thread_state &_thread;
};

} // namespace Libc

// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

namespace Libc {

/**
 * The lock under newlib's locks.
 *
 * Uncontended it is one compare-and-swap to take and one to give; no system call, nothing to set
 * up or tear down. A thread that finds it taken puts a record of itself, which lies on its own
 * stack, into the lock and parks. The owner hands the lock directly to the thread that waits
 * longest: no barging, no lost wake-up, no waking of more than one.
 *
 * \tparam Park  how a thread sleeps:
 *   - `Park::Handle Park::prepare()`: handle of the calling thread
 *   - `void Park::sleep(Waiter *)`: return once `handed_over` of the record is true
 *   - `void Park::wake(Handle)`: make that thread's sleep() look again; may come before the sleep
 */
template <typename Park> class Lock {
public:
  struct Waiter {
    Waiter *next;
    typename Park::Handle handle;
    bool handed_over;
  };

  bool try_acquire()
  {
    uintptr_t expected = Free;
    return __atomic_compare_exchange_n(&_state, &expected, Taken, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
  }

  void acquire()
  {
    if (!try_acquire()) wait();
  }

  void release()
  {
    uintptr_t expected = Taken;
    // Release: the next owner sees all that was written under the lock.
    if (!__atomic_compare_exchange_n(&_state, &expected, Free, false, __ATOMIC_RELEASE,
                                     __ATOMIC_ACQUIRE))
      hand_over();
  }

private:
  // State: Free, or a list of waiting records (newest first) with the Taken bit, which keeps the
  // bit free in pointers because records are aligned.
  static constexpr uintptr_t Free = 0, Taken = 1;

  static Waiter *list(uintptr_t state) { return reinterpret_cast<Waiter *>(state & ~Taken); }

  [[gnu::noinline]] void wait()
  {
    Waiter self = {nullptr, Park::prepare(), false};
    uintptr_t now = __atomic_load_n(&_state, __ATOMIC_RELAXED);
    for (;;) {
      if (now == Free) {
        if (try_acquire()) return;
        now = __atomic_load_n(&_state, __ATOMIC_RELAXED);
        continue;
      }
      self.next = list(now);
      // Release: the owner that finds the record sees its members.
      if (__atomic_compare_exchange_n(&_state, &now, reinterpret_cast<uintptr_t>(&self) | Taken,
                                      true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        break;
    }
    Park::sleep(&self);
  }

  // Only the owner takes records out, and newcomers only exchange the head, so the list behind the
  // head is the owner's alone.
  [[gnu::noinline]] void hand_over()
  {
    uintptr_t now = __atomic_load_n(&_state, __ATOMIC_ACQUIRE);
    for (;;) {
      Waiter *last = list(now), *before = nullptr;
      while (last->next) {
        before = last;
        last = last->next;
      }
      if (before)
        before->next = nullptr;
      else if (!__atomic_compare_exchange_n(&_state, &now, Taken, false, __ATOMIC_ACQUIRE,
                                            __ATOMIC_ACQUIRE))
        continue; // a newcomer is the head now

      // The record is gone as soon as its owner sees the flag.
      typename Park::Handle const handle = last->handle;
      __atomic_store_n(&last->handed_over, true, __ATOMIC_RELEASE);
      Park::wake(handle);
      return;
    }
  }

  uintptr_t _state = Free;
};

} // namespace Libc

// SPDX-License-Identifier: MIT
// Short mutual exclusion between CPUs. Interrupts are always off in the kernel, so a lock holder
// is never interrupted; no lock is held when the kernel is left or opens an interrupt window.
#pragma once

#include "types/types.h"

class Spin_lock {
public:
  void lock()
  {
    // acquire: what the previous holder wrote is visible after the exchange
    while (__atomic_exchange_n(&_taken, 1, __ATOMIC_ACQUIRE))
      while (__atomic_load_n(&_taken, __ATOMIC_RELAXED))
        __builtin_ia32_pause();
  }
  // release: all writes under the lock are visible to the next holder
  void unlock() { __atomic_store_n(&_taken, 0, __ATOMIC_RELEASE); }

private:
  u8 _taken = 0;
};

/// Of a Spin_lock, or what has one in itself.
template <class Lock> class Lock_guard {
public:
  explicit Lock_guard(Lock &lock) : _lock(lock) { _lock.lock(); }
  Lock_guard(Lock_guard const &) = delete;
  Lock_guard &operator=(Lock_guard const &) = delete;
  ~Lock_guard() { _lock.unlock(); }

private:
  Lock &_lock;
};

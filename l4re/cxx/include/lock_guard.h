// SPDX-License-Identifier: MIT
/** Holds a lock for the time of a scope. */
#pragma once

namespace L4 {

/** LOCK has lock() and unlock(). */
template <typename LOCK> class Lock_guard {
public:
  explicit Lock_guard(LOCK &lock) : _lock(&lock) { _lock->lock(); }
  Lock_guard(Lock_guard const &) = delete;
  Lock_guard &operator=(Lock_guard const &) = delete;
  Lock_guard(Lock_guard &&o) noexcept : _lock(o._lock) { o._lock = nullptr; }
  ~Lock_guard()
  {
    if (_lock) _lock->unlock();
  }

private:
  LOCK *_lock;
};

} // namespace L4

// SPDX-License-Identifier: MIT
#pragma once

#include <l4/libc/park.h>

#include <time.h>

/**
 * \file
 * Waiting by address: what all blocking objects above the C library are made of (mutexes and
 * condition variables of libpthread, pipes and poll() of l4re_vfs).
 *
 * An object keeps its state in a word and changes it with atomic operations; only who must wait, or
 * must wake somebody, comes here. The queue knows addresses, never reads an object that may be
 * gone when it wakes, and wakes in the order of arrival.
 */
namespace Libc {

constexpr l4_uint64_t Never = Park::Never;
constexpr unsigned All = ~0U;

enum class Wait_mode {
  Steady,        ///< until woken or the deadline
  Interruptible, ///< EINTR when a signal handler ran or the thread is to be cancelled
  Any_wake,      ///< as Interruptible, and 0 for a wake-up of any origin
};

/**
 * Sleep as long as `*word == expected`.
 * \param deadline  microseconds of the kernel's clock, or Never
 * \return 0: woken, or the word had another value (callers look again); ETIMEDOUT; EINTR
 */
int wait(unsigned *word, unsigned expected, l4_uint64_t deadline = Never,
         Wait_mode mode = Wait_mode::Steady);

/// Wake up to `count` threads that wait at `word`. Change the word before.
void wake(unsigned *word, unsigned count);

/**
 * The deadline of an absolute time of POSIX; 0 (at once) if it has passed.
 * \return false if the nanoseconds are out of range or the clock is none to wait for
 */
bool deadline(clockid_t clock, timespec const *end, l4_uint64_t *us);

/// The deadline `t` from now. \return false as above, or for a negative time
bool deadline_in(timespec const *t, l4_uint64_t *us);

/// True if the calling thread shall end at its next cancellation point.
inline bool cancelled()
{
  Thread_state const &s = thread_state();
  return __atomic_load_n(&s.cancel_pending, __ATOMIC_ACQUIRE) && !s.cancel_disabled;
}

template <typename T> T load(T const &word)
{
  return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}
template <typename T> void store(T &word, T value)
{
  __atomic_store_n(&word, value, __ATOMIC_RELEASE);
}
template <typename T> bool exchange_if(T &word, T &expected, T value)
{
  return __atomic_compare_exchange_n(&word, &expected, value, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE);
}

} // namespace Libc

/// Ends the calling thread if it was cancelled; there in programs with libpthread only.
extern "C" void pthread_testcancel(void) __attribute__((weak));

namespace Libc {

/// Every function that POSIX calls a cancellation point begins with this, and repeats it when it
/// was interrupted.
inline void cancellation_point()
{
  if (pthread_testcancel) pthread_testcancel();
}

} // namespace Libc

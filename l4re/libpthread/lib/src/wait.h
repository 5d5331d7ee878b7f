// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/types.h>

#include <time.h>

/**
 * \file
 * Waiting by address: what all blocking objects of this library are made of.
 *
 * An object keeps its state in a word and changes it with atomic operations; only who must wait, or
 * must wake somebody, comes here. The queue knows addresses, never reads an object that may be
 * gone when it wakes, and wakes in the order of arrival.
 */
namespace Wait {

constexpr l4_uint64_t Never = ~0ULL;
constexpr unsigned All = ~0U;

/**
 * Sleep as long as `*word == expected`.
 * \param deadline  microseconds of the kernel's clock, or Never
 * \return 0: woken, or the word had another value (callers look again); ETIMEDOUT
 */
int wait(unsigned *word, unsigned expected, l4_uint64_t deadline = Never);

/// Wake up to `count` threads that wait at `word`. Change the word before.
void wake(unsigned *word, unsigned count);

/// \return true and the deadline for a time of POSIX; false if its nanoseconds are out of range.
bool deadline(timespec const *end, l4_uint64_t *us);

} // namespace Wait

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

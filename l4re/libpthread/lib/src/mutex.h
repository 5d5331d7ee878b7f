// SPDX-License-Identifier: MIT
#pragma once

#include "thread.h"

/**
 * \file
 * The word of a mutex.
 *
 * A plain mutex knows free, taken and contended. Robust mutexes and those with a protocol have the
 * number of their owner in the word, so that who waits knows whom to lend its priority, and the end
 * of a thread can hand over what it holds.
 */
namespace Mutex_word {

enum Word : unsigned { Free = 0, Taken = 1, Contended = 2 };

/// Bits of pthread_mutex_t::__type besides the type itself.
enum Kind : unsigned {
  Type_mask = 3,
  Robust = 0x10,
  Inherit = 0x20,
  Protect = 0x40,
  Named_owner = Robust | Inherit | Protect, ///< any of them: the word names the owner
  Inconsistent = 0x100,   ///< the last owner ended without unlocking
  Unrecoverable = 0x200,  ///< and the next one did not repair it
};

constexpr unsigned Waited_for = 1;
inline unsigned by(Thread const *t) { return t->number << 1; }
inline unsigned owner_number(unsigned word) { return word >> 1; }

} // namespace Mutex_word

/// Operations on mutexes whose word names the owner (owned_mutex.cc); results as of POSIX.
int owned_lock(pthread_mutex_t *m, l4_uint64_t deadline);
int owned_trylock(pthread_mutex_t *m);
int owned_unlock(pthread_mutex_t *m);

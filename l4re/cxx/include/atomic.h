// SPDX-License-Identifier: MIT
/** Compare and swap for older code; new code uses std::atomic. */
#pragma once

namespace L4 {

/**
 * Write `desired` if `*mem` equals `expected`, in one step that all CPUs see.
 * \return True if it was written.
 */
template <typename T, typename U, typename V>
inline bool compare_and_swap(T volatile *mem, U expected, V desired) noexcept
{
  static_assert(sizeof(T) <= sizeof(long), "the processor exchanges at most one word");
  T old = static_cast<T>(expected);
  return __atomic_compare_exchange_n(mem, &old, static_cast<T>(desired), false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST);
}

} // namespace L4

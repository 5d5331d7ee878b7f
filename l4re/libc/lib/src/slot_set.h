// SPDX-License-Identifier: MIT
#pragma once

/**
 * A set of small numbers that any number of threads change at once, without a lock.
 *
 * Who takes a number sees all that was written before it was given.
 */
template <unsigned Size> class Slot_set {
public:
  /// Take the lowest number that is not in the set into it. \return -1 if there is none
  long take_clear() { return take<false>(); }

  /// Take the lowest number in the set out of it. \return -1 if there is none
  long take_set() { return take<true>(); }

  void set(unsigned long n) { __atomic_fetch_or(&_words[n / Bits], bit(n), __ATOMIC_RELEASE); }
  void clear(unsigned long n) { __atomic_fetch_and(&_words[n / Bits], ~bit(n), __ATOMIC_RELEASE); }

private:
  static constexpr unsigned Bits = 64;
  static_assert(Size % Bits == 0);

  static unsigned long bit(unsigned long n) { return 1UL << n % Bits; }

  template <bool Member> long take()
  {
    for (unsigned w = 0; w < Size / Bits; ++w) {
      unsigned long now = __atomic_load_n(&_words[w], __ATOMIC_RELAXED);
      while (unsigned long const wanted = Member ? now : ~now) {
        unsigned const n = static_cast<unsigned>(__builtin_ctzl(wanted));
        if (__atomic_compare_exchange_n(&_words[w], &now, now ^ bit(n), true, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
          return w * Bits + n;
      }
    }
    return -1;
  }

  unsigned long _words[Size / Bits] = {};
};

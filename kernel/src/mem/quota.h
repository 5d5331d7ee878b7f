// SPDX-License-Identifier: MIT
// Accounting of kernel memory: every byte belongs to the factory that made the object.
#pragma once

#include "types/types.h"

/// A limit and what is used of it. Embedded in each Factory; tasks, threads etc. refer to the
/// quota of the factory that created them. A quota outlives its factory until all is returned: when
/// the owner has called orphan() and the last byte is back, idle() runs, exactly once.
class Quota {
public:
  static constexpr Word Unlimited = 0;

  /// `limit`: bytes, below 2^63; Unlimited is the root factory's.
  constexpr explicit Quota(Word limit) : _limit(limit) {}
  Quota(Quota const &) = delete;
  Quota &operator=(Quota const &) = delete;

  /// Take `bytes`; false (and nothing taken) if the limit does not allow it. Lock-free.
  [[nodiscard]] bool charge(Word bytes)
  {
    Word used = __atomic_load_n(&_used, __ATOMIC_RELAXED);
    do {
      if (_limit != Unlimited && bytes > _limit - (used & ~Owned)) return false;
    } while (!__atomic_compare_exchange_n(&_used, &used, used + bytes, true, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));
    return true;
  }
  /// Give back what charge() took. May run idle(), after which the quota must not be used.
  void refund(Word bytes) { drop(bytes); }
  /// The owner is gone: whatever is still charged will be returned, nothing keeps the quota after
  /// that. Called once at most; may run idle() at once.
  void orphan() { drop(Owned); }

  Word used() const { return __atomic_load_n(&_used, __ATOMIC_RELAXED) & ~Owned; }
  Word limit() const { return _limit; }

private:
  static constexpr Word Owned = Word{1} << 63; ///< the owner's share, in the same word as the bytes

  /// Runs when owner and bytes are gone. May be called with locks of the caller held: constant
  /// time, takes no lock but those of mem/.
  virtual void idle() {}

  void drop(Word amount)
  {
    // acq_rel: all uses of the memory come before, on every CPU, when the last one runs idle()
    if (__atomic_sub_fetch(&_used, amount, __ATOMIC_ACQ_REL) == 0) idle();
  }

  Word _limit;
  Word _used = Owned;
};

/// Charge now, refund on scope exit unless kept: for operations with several steps that may fail.
class Quota_guard {
public:
  Quota_guard(Quota &quota, Word bytes) : _quota(quota), _bytes(quota.charge(bytes) ? bytes : 0) {}
  Quota_guard(Quota_guard const &) = delete;
  Quota_guard &operator=(Quota_guard const &) = delete;
  ~Quota_guard()
  {
    if (_bytes) _quota.refund(_bytes);
  }
  explicit operator bool() const { return _bytes != 0; }
  void keep() { _bytes = 0; }

private:
  Quota &_quota;
  Word _bytes;
};

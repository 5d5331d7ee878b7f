// SPDX-License-Identifier: MIT
// Accounting of kernel memory: every byte belongs to the factory that made the object.
#pragma once

#include "types/types.h"

/// A limit and what is used of it. Embedded in each Factory; tasks, threads etc. refer to the
/// quota of the factory that created them. A quota outlives its factory until all is returned;
/// its owner keeps it alive by counting users (see obj/factory.h).
class Quota {
public:
  static constexpr Word Unlimited = 0;

  constexpr explicit Quota(Word limit) : _limit(limit) {}

  /// Take `bytes`; false (and nothing taken) if the limit does not allow it. Lock-free.
  [[nodiscard]] bool charge(Word bytes);
  /// Give back what charge() took. When the last byte of an orphaned quota returns, on_idle() runs.
  void refund(Word bytes);
  Word used() const { return __atomic_load_n(&_used, __ATOMIC_RELAXED); }
  Word limit() const { return _limit; }

private:
  Word _limit;
  Word _used = 0;
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

// SPDX-License-Identifier: MIT
// IPC timeouts (abi/kernel-entry.md section 4).
#pragma once

#include "types/types.h"

/// One half of a timeout pair.
class Timeout {
public:
  constexpr explicit Timeout(u16 raw) : _raw(raw) {}
  static constexpr Timeout zero() { return Timeout(0x400); }
  constexpr bool is_never() const { return _raw == 0; }
  constexpr bool is_absolute() const { return _raw & 0x8000; }
  /// Relative and of no length: nothing is waited for.
  constexpr bool is_zero() const { return _raw != 0 && !is_absolute() && (_raw & 0x3ff) == 0; }
  /// Relative length; meaningful unless never or absolute. At most 1023 << 31.
  constexpr Word microseconds() const { return Word(_raw & 0x3ff) << (_raw >> 10 & 31); }
  /// Buffer register that holds an absolute deadline, clamped to the last one.
  constexpr unsigned buffer_index() const { return (_raw & 63) > 57 ? 57 : _raw & 63; }

private:
  u16 _raw;
};

/// The pair as it comes in r8.
class Timeout_pair {
public:
  constexpr explicit Timeout_pair(Word raw) : _raw(u32(raw)) {}
  static constexpr Timeout_pair zero() { return Timeout_pair(0x0400'0400); }
  constexpr Timeout receive() const { return Timeout(u16(_raw)); }
  constexpr Timeout send() const { return Timeout(u16(_raw >> 16)); }
  constexpr u32 raw() const { return _raw; }

private:
  u32 _raw;
};

// SPDX-License-Identifier: MIT
// Errors are values. Errno holds the positive L4_E* numbers (abi/ipc.md section 5).
#pragma once

#include "jdb/site.h"
#include "types/types.h"

enum class Errno : int {
  Ok = 0,
  Perm = 1,
  No_ent = 2,
  No_mem = 12,
  Fault = 14,
  Busy = 16,
  Exist = 17,
  No_dev = 19,
  Inval = 22,
  Range = 34,
  No_sys = 38,
  Bad_proto = 39,
  Msg_too_short = 1001,
  Msg_too_long = 1002,
};

/// A value or the reason why there is none.
template <class T> class [[nodiscard]] Result {
public:
  constexpr Result(Errno error, Site site = Site::here()) : _error(error), _site(site) {}
  constexpr Result(T value) : _value(value) {}
  constexpr explicit operator bool() const { return _error == Errno::Ok; }
  constexpr Errno error() const { return _error; }
  /// Where the error was decided; for debug kernels.
  constexpr Site site() const { return _site; }
  constexpr T &operator*() { return _value; }
  constexpr T *operator->() { return &_value; }

private:
  Errno _error = Errno::Ok;
  [[no_unique_address]] Site _site;
  T _value{};
};

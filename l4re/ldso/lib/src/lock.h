// SPDX-License-Identifier: MIT
#pragma once

namespace Ldso {

/// The lock of everything that changes; recursive. The C library supplies it when it starts; before
/// that there is one thread.
class Lock_guard {
public:
  Lock_guard()
  {
    if (take) take();
  }
  Lock_guard(Lock_guard const &) = delete;
  Lock_guard &operator=(Lock_guard const &) = delete;
  ~Lock_guard()
  {
    if (give) give();
  }

  static void (*take)();
  static void (*give)();
};

} // namespace Ldso

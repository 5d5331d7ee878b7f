// SPDX-License-Identifier: MIT
// Text for the console, and the end of everything.
#pragma once

#include "types/types.h"

/// Print to the console. Conversions: %s %c %d %u %x %p %%, with l or z for 64 bits, a field width
/// and leading zeroes (%016lx). Any CPU; lines of several CPUs may mix.
void kprintf(char const *format, ...) __attribute__((format(printf, 1, 2)));

/// Report an impossible state and stop this CPU for good. The message says what and where.
[[noreturn]] void panic(char const *format, ...) __attribute__((format(printf, 1, 2)));

/// True in builds with assertions (make DEBUG=y).
#ifdef FURORE_ASSERT
constexpr bool Assertions = true;
#else
constexpr bool Assertions = false;
#endif

/// Check an invariant of the kernel; costs nothing in a release build.
inline void check(bool condition, char const *file = __builtin_FILE(), int line = __builtin_LINE())
{
  if constexpr (Assertions)
    if (!condition) [[unlikely]]
      panic("assertion failed at %s:%d", file, line);
  (void)condition, (void)file, (void)line;
}

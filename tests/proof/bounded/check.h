// SPDX-License-Identifier: MIT
// How a bounded check reports: it ends at the first case that is wrong.
#pragma once

#include "types/types.h"

#include <cstdio>
#include <cstdlib>

/// Cases that were tried so far.
inline u64 cases;

/// Ends the program with `what` and the numbers that make up the case, unless it is right.
template <class... Numbers> void expect(bool right, char const *what, Numbers... numbers)
{
  ++cases;
  if (right) return;
  std::printf("wrong: %s:", what);
  (std::printf(" %#llx", static_cast<unsigned long long>(numbers)), ...);
  std::printf("\n");
  std::exit(1);
}

inline int done()
{
  std::printf("%llu cases\n", static_cast<unsigned long long>(cases));
  return 0;
}

// SPDX-License-Identifier: MIT
// Where in the kernel an error was decided, carried along with the error so that debug kernels can
// say why.
#pragma once

#include "types/types.h"

/// A place in the source, taken by default arguments: `Outcome(Errno error, Site site =
/// Site::here())` notes the line that says `return Errno::Perm`. In release kernels it is empty,
/// and nothing is noted or passed.
struct Site {
#ifdef FURORE_DEBUG
  char const *file = nullptr;
  int line = 0;
  static constexpr Site here(char const *file = __builtin_FILE(), int line = __builtin_LINE())
  {
    return {file, line};
  }
#else
  static constexpr Site here()
  {
    return {};
  }
#endif
};

// SPDX-License-Identifier: MIT
// The compiler's own C++ headers were configured for Linux. Programs that do not require a whole
// libstdc++ use their freestanding part only: no threads, no futex, nothing that needs a library.
#pragma once

#include_next <bits/c++config.h>

#undef _GLIBCXX_HAS_GTHREADS
#undef _GLIBCXX_HAVE_LINUX_FUTEX
#undef _GLIBCXX_USE_NLS
#undef _GLIBCXX_VERBOSE

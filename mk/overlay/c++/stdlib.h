// SPDX-License-Identifier: MIT
// Without libc: the C header alone, not the compiler's C++ form of it, which wants a whole libc.
#if __STDC_HOSTED__
#include_next <stdlib.h>
#else
#define _GLIBCXX_INCLUDE_NEXT_C_HEADERS
#include_next <stdlib.h>
#undef _GLIBCXX_INCLUDE_NEXT_C_HEADERS
#endif

/* SPDX-License-Identifier: MIT */
/*
 * The compiler's own part of <limits.h> leaves the limits of `long long` in C++ to the C library.
 */
#ifndef L4_LIBC_LIMITS_H
#define L4_LIBC_LIMITS_H

#include_next <limits.h>

#ifndef LLONG_MAX
#define LLONG_MAX  __LONG_LONG_MAX__
#define LLONG_MIN  (-LLONG_MAX - 1LL)
#define ULLONG_MAX (LLONG_MAX * 2ULL + 1ULL)
#endif

#endif

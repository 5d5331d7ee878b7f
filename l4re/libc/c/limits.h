/* SPDX-License-Identifier: MIT */
/*
 * The compiler's own part of <limits.h> leaves the limits of `long long` in C++ to the C library;
 * the other limits here are missing in newlib, or our own.
 */
#ifndef L4_LIBC_LIMITS_H
#define L4_LIBC_LIMITS_H

#ifndef OPEN_MAX
#define OPEN_MAX 256
#endif
#include_next <limits.h>

#ifndef SSIZE_MAX
#define SSIZE_MAX __LONG_MAX__
#endif
#ifndef _POSIX_LINK_MAX
#define _POSIX_LINK_MAX 8
#endif

#ifndef LLONG_MAX
#define LLONG_MAX  __LONG_LONG_MAX__
#define LLONG_MIN  (-LLONG_MAX - 1LL)
#define ULLONG_MAX (LLONG_MAX * 2ULL + 1ULL)
#endif

#endif

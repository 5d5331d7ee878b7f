/* SPDX-License-Identifier: MIT */
/*
 * Which POSIX options this port implements; found before newlib's header of the same name, which
 * makes newlib's other headers declare the functions that belong to them.
 */
#ifndef L4_LIBC_SYS_FEATURES_H
#define L4_LIBC_SYS_FEATURES_H

#include_next <sys/features.h>

#define _POSIX_TIMERS          200809L /* clock_gettime(), nanosleep() */
#define _POSIX_MONOTONIC_CLOCK 200809L
#define _POSIX_CLOCK_SELECTION 200809L /* clock_nanosleep() */
#define _POSIX_CPUTIME         200809L
#define _POSIX_THREAD_CPUTIME  200809L

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Which POSIX options this port implements; found before newlib's header of the same name, which
 * makes newlib's other headers declare the functions that belong to them.
 */
#ifndef L4_LIBC_SYS_FEATURES_H
#define L4_LIBC_SYS_FEATURES_H

#include_next <sys/features.h>

#undef _POSIX_VERSION
#define _POSIX_VERSION 200809L

#define _POSIX_TIMERS          200809L /* clock_gettime(), nanosleep() */
#define _POSIX_MONOTONIC_CLOCK 200809L
#define _POSIX_CLOCK_SELECTION 200809L /* clock_nanosleep() */
#define _POSIX_CPUTIME         200809L
#define _POSIX_THREAD_CPUTIME  200809L

/* Signals with values, queued. */
#define _POSIX_REALTIME_SIGNALS 200809L

/* Implemented by l4re/l4re_vfs. */
#define _POSIX_FSYNC             200809L
#define _POSIX_MAPPED_FILES      200809L
#define _POSIX_MEMORY_PROTECTION 200809L

/* Implemented by l4re/libpthread. */
#define _POSIX_THREADS                    200809L
#define _POSIX_PRIORITY_SCHEDULING        200809L
#define _POSIX_THREAD_SAFE_FUNCTIONS      200809L
#define _POSIX_TIMEOUTS                   200809L
#define _POSIX_BARRIERS                   200809L
#define _POSIX_SPIN_LOCKS                 200809L
#define _POSIX_READER_WRITER_LOCKS        200809L
#define _POSIX_SEMAPHORES                 200809L
#define _POSIX_THREAD_ATTR_STACKADDR      200809L
#define _POSIX_THREAD_ATTR_STACKSIZE      200809L
#define _POSIX_THREAD_PRIORITY_SCHEDULING 200809L
#define _POSIX_THREAD_PRIO_INHERIT        200809L
#define _POSIX_THREAD_PRIO_PROTECT        200809L
#define _POSIX_THREAD_ROBUST_PRIO_INHERIT 200809L
#define _UNIX98_THREAD_MUTEX_ATTRIBUTES   1

#endif

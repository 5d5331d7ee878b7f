/* SPDX-License-Identifier: MIT */
/* What newlib leaves out. */
#ifndef L4_LIBC_TIME_H
#define L4_LIBC_TIME_H

#include_next <time.h>

#define TIME_UTC 1

#ifdef __cplusplus
extern "C" {
#endif

/* CLOCK_REALTIME. Returns `base`, or 0 if it is not TIME_UTC. */
int timespec_get(struct timespec *time, int base);

#if __MISC_VISIBLE
/* mktime() for times that are not local. */
time_t timegm(struct tm *time);
#endif

#ifdef __cplusplus
}
#endif

#endif

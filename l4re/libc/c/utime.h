/* SPDX-License-Identifier: MIT */
/* newlib's header has the structure without its types, and not the function. */
#ifndef L4_LIBC_UTIME_H
#define L4_LIBC_UTIME_H

#include <sys/types.h>
#include_next <utime.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Seconds of access and modification; NULL: now. Errors of utimensat(). */
int utime(const char *path, const struct utimbuf *times);

#ifdef __cplusplus
}
#endif

#endif

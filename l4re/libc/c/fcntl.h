/* SPDX-License-Identifier: MIT */
/* What newlib declares for some systems only. */
#ifndef L4_LIBC_FCNTL_H
#define L4_LIBC_FCNTL_H

#include_next <fcntl.h>

#define POSIX_FADV_NORMAL 0
#define POSIX_FADV_RANDOM 1
#define POSIX_FADV_SEQUENTIAL 2
#define POSIX_FADV_WILLNEED 3
#define POSIX_FADV_DONTNEED 4
#define POSIX_FADV_NOREUSE 5

#ifdef __cplusplus
extern "C" {
#endif

/* These return the error: EBADF, EINVAL, EFBIG, ENODEV, ENOSPC, ESPIPE. */
int posix_fallocate(int fd, off_t start, off_t size);
int posix_fadvise(int fd, off_t start, off_t size, int advice);

#ifdef __cplusplus
}
#endif

#endif

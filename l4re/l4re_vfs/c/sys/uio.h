/* SPDX-License-Identifier: MIT */
/* Reading and writing in pieces. */
#ifndef _SYS_UIO_H_
#define _SYS_UIO_H_

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct iovec {
  void *iov_base;
  size_t iov_len;
};

/* EINVAL for more than IOV_MAX pieces. */
ssize_t readv(int fd, const struct iovec *iov, int count);
ssize_t writev(int fd, const struct iovec *iov, int count);
ssize_t preadv(int fd, const struct iovec *iov, int count, off_t offset);
ssize_t pwritev(int fd, const struct iovec *iov, int count, off_t offset);

#ifdef __cplusplus
}
#endif

#endif

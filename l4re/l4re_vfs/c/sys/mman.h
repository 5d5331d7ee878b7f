/* SPDX-License-Identifier: MIT */
/* Memory by files; what mprotect() cannot do: docs/posix.md. */
#ifndef _SYS_MMAN_H_
#define _SYS_MMAN_H_

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PROT_NONE 0
#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4

#define MAP_SHARED 0x01
#define MAP_PRIVATE 0x02
#define MAP_FIXED 0x10
#define MAP_ANONYMOUS 0x20
#define MAP_ANON MAP_ANONYMOUS
#define MAP_NORESERVE 0x4000 /* has no effect: pages are taken when they are touched */
#define MAP_POPULATE 0x8000
#define MAP_FAILED ((void *)-1)

#define MS_ASYNC 1
#define MS_INVALIDATE 2
#define MS_SYNC 4

#define MADV_NORMAL 0
#define MADV_RANDOM 1
#define MADV_SEQUENTIAL 2
#define MADV_WILLNEED 3
#define MADV_DONTNEED 4
#define POSIX_MADV_NORMAL MADV_NORMAL
#define POSIX_MADV_RANDOM MADV_RANDOM
#define POSIX_MADV_SEQUENTIAL MADV_SEQUENTIAL
#define POSIX_MADV_WILLNEED MADV_WILLNEED
#define POSIX_MADV_DONTNEED MADV_DONTNEED

void *mmap(void *start, size_t size, int prot, int flags, int fd, off_t offset);
int munmap(void *start, size_t size);
int mprotect(const void *start, size_t size, int prot);
int msync(void *start, size_t size, int flags);
int madvise(void *start, size_t size, int advice);
int posix_madvise(void *start, size_t size, int advice);
int mlock(const void *start, size_t size);
int munlock(const void *start, size_t size);
#define MCL_CURRENT 1
#define MCL_FUTURE 2
int mlockall(int flags);
int munlockall(void);

/* Memory with a name "/NAME", for this process: a file of /dev/shm, for ftruncate() and mmap().
   Errors of open() and unlink(); EINVAL: no such name. */
int shm_open(const char *name, int flags, mode_t mode);
int shm_unlink(const char *name);

#ifdef __cplusplus
}
#endif

#endif

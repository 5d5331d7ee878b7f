/* SPDX-License-Identifier: MIT */
/* POSIX semaphores of one process; the names of named ones are those of the process, too. */
#ifndef _SEMAPHORE_H_
#define _SEMAPHORE_H_

#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SEM_FAILED    ((sem_t *)0)
#define SEM_VALUE_MAX 0x7fffffff

typedef struct {
  unsigned __word; /* value */
  unsigned __waiters;
} sem_t;

/* With O_CREAT in `flags` two arguments follow, mode_t mode and unsigned value. A name is one component
   behind a '/'. EEXIST, ENOENT, EINVAL, ENAMETOOLONG, ENOMEM. */
sem_t *sem_open(const char *name, int flags, ...);
/* EINVAL: it is none that sem_open() returned. */
int sem_close(sem_t *sem);
/* ENOENT */
int sem_unlink(const char *name);
/* EINVAL: value above SEM_VALUE_MAX; ENOTSUP: shared between processes. */
int sem_init(sem_t *sem, int shared, unsigned value);
int sem_destroy(sem_t *sem);
/* EOVERFLOW at SEM_VALUE_MAX. */
int sem_post(sem_t *sem);
int sem_wait(sem_t *sem);
/* EAGAIN: the value is 0. */
int sem_trywait(sem_t *sem);
/* ETIMEDOUT at the absolute time of CLOCK_REALTIME. */
int sem_timedwait(sem_t *sem, const struct timespec *end);
int sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *end);
int sem_getvalue(sem_t *sem, int *value);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: MIT */
/* POSIX semaphores of one process; named ones do not exist (no file system to hold them). */
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

/* EINVAL: value above SEM_VALUE_MAX; ENOSYS: shared between processes. */
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

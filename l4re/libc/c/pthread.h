/* SPDX-License-Identifier: MIT */
/* What newlib declares for some systems only, and what it does not know. */
#ifndef L4_LIBC_PTHREAD_H
#define L4_LIBC_PTHREAD_H

#include_next <pthread.h>
#include <sched.h>

#define PTHREAD_MUTEX_STALLED 0
#define PTHREAD_MUTEX_ROBUST  1

#ifdef __cplusplus
extern "C" {
#endif

int pthread_mutexattr_setrobust(pthread_mutexattr_t *attr, int robust);
int pthread_mutexattr_getrobust(const pthread_mutexattr_t *attr, int *robust);
/* After EOWNERDEAD: the data that the mutex protects are in order again. */
int pthread_mutex_consistent(pthread_mutex_t *mutex);

/* EINVAL: no CPU of the set is there. `size` is sizeof(cpu_set_t). */
int pthread_setaffinity_np(pthread_t thread, size_t size, const cpu_set_t *cpus);
int pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t *cpus);
int pthread_attr_setaffinity_np(pthread_attr_t *attr, size_t size, const cpu_set_t *cpus);
int pthread_attr_getaffinity_np(const pthread_attr_t *attr, size_t size, cpu_set_t *cpus);
int pthread_getattr_np(pthread_t thread, pthread_attr_t *attr);

int pthread_tryjoin_np(pthread_t thread, void **result);

#ifdef __cplusplus
}
#endif

#endif

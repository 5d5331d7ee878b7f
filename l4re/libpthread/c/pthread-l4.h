/* SPDX-License-Identifier: MIT */
/* What a POSIX thread is to the kernel (c-api-l4re.md section 6). */
#pragma once

#include <l4/sys/scheduler.h>
#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <pthread.h>

/* create_flags: pthread_create() prepares the thread; pthread_l4_start() lets it run. */
#define PTHREAD_L4_ATTR_NO_START 2

#ifdef __cplusplus
extern "C" {
#endif

/* Capability of a thread; it is the library's and dies with the thread. */
l4_cap_idx_t pthread_l4_cap(pthread_t thread);

static inline l4_utcb_t *pthread_l4_utcb(pthread_t thread)
{
  return (l4_utcb_t *)thread;
}

/* Calls the function for each thread that lives now; it must not create or end threads. */
void pthread_l4_for_each_thread(void (*function)(pthread_t));

/* Start a thread that was created with PTHREAD_L4_ATTR_NO_START, in `func`.
   Returns 0, or EINVAL if it runs already. */
int pthread_l4_start(pthread_t thread, void *(*func)(void *), void *arg);

int pthread_attr_setaffinity_l4(pthread_attr_t *attr, l4_sched_cpu_set_t const *cpus);
int pthread_attr_getaffinity_l4(pthread_attr_t const *attr, l4_sched_cpu_set_t *cpus);

#ifdef __cplusplus
}

namespace Pthread::L4 {
inline l4_cap_idx_t cap(pthread_t t) { return pthread_l4_cap(t); }
inline l4_utcb_t *utcb(pthread_t t) { return pthread_l4_utcb(t); }
inline int start(pthread_t t, void *(*func)(void *), void *arg)
{
  return pthread_l4_start(t, func, arg);
}
} // namespace Pthread::L4
#endif

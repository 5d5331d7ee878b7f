/* SPDX-License-Identifier: MIT */
/*
 * Threads: made by the POSIX library, seen by the kernel as objects with a capability. Each worker
 * is put on a CPU of its own, as far as there are enough, and shows where it ran and how long.
 */
#include <l4/re/env.h>
#include <l4/sys/scheduler.h>
#include <l4/sys/thread.h>

#include <pthread-l4.h>
#include <pthread.h>
#include <stdio.h>

enum { Workers = 4, Rounds = 20000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long sum;

static void *work(void *number)
{
  for (unsigned i = 0; i < Rounds; ++i) {
    /* Taking a free lock does not enter the kernel. */
    pthread_mutex_lock(&lock);
    sum += (unsigned long)number;
    pthread_mutex_unlock(&lock);
  }
  return number;
}

/* Number of CPUs that we may use; they are numbered from 0. */
static unsigned count_cpus(void)
{
  l4_umword_t max;
  l4_sched_cpu_set_t cpus = l4_sched_cpu_set(0, 0, 0);
  if (l4_error(l4_scheduler_info(l4re_env()->scheduler, &max, &cpus)) < 0) return 1;
  return (unsigned)__builtin_popcountl(cpus.map);
}

int main(void)
{
  pthread_t thread[Workers];
  unsigned const cpus = count_cpus();
  printf("%u CPU%s\n", cpus, cpus == 1 ? "" : "s");

  for (unsigned long i = 0; i < Workers; ++i) {
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    l4_sched_cpu_set_t const place = l4_sched_cpu_set(i % cpus, 0, 1);
    pthread_attr_setaffinity_l4(&attr, &place);
    if (pthread_create(&thread[i], &attr, work, (void *)(i + 1)) != 0) {
      printf("worker %lu cannot be created\n", i);
      return 1;
    }
    pthread_attr_destroy(&attr);
  }
  for (unsigned i = 0; i < Workers; ++i) {
    l4_kernel_clock_t us = 0;
    l4_thread_stats_time(pthread_l4_cap(thread[i]), &us); /* the kernel's view of it */
    void *result;
    pthread_join(thread[i], &result);
    printf("worker %lu on CPU %u has ended\n", (unsigned long)result, i % cpus);
  }
  printf("sum: %lu, expected: %d\n", sum, (1 + 2 + 3 + 4) * Rounds);
  return 0;
}

// SPDX-License-Identifier: MIT
/*
 * Priorities and CPUs. The scheduler capability of the program decides what it may have: priorities
 * count from the scheduler's base, CPUs are those that it offers.
 */
#include "thread.h"
#include "priority.h"

#include <l4/re/env>
#include <l4/sys/ipc.h>
#include <l4/sys/thread.h>
#include <pthread-l4.h>

#include <errno.h>
#include <sched.h>
#include <string.h>

namespace {

l4_cap_idx_t scheduler()
{
  return L4Re::Env::env()->scheduler().cap();
}

/// The CPUs that the scheduler offers; bit n is CPU n.
unsigned long offered_cpus()
{
  l4_umword_t max = 0;
  l4_sched_cpu_set_t cpus = l4_sched_cpu_set(0, 0, 0);
  if (l4_error(l4_scheduler_info(scheduler(), &max, &cpus)) < 0) return 1;
  return cpus.map;
}

int set_cpus(Thread *t, unsigned long map)
{
  map &= offered_cpus();
  if (!map) return EINVAL;
  l4_sched_cpu_set_t const old = t->cpus;
  t->cpus = {0, map};
  if (int const error = apply_schedule(*t, t->effective)) {
    t->cpus = old;
    return error;
  }
  return 0;
}

int concurrency;

} // namespace

int apply_schedule(Thread const &t, int priority)
{
  if (priority < 0) return EINVAL;
  l4_sched_param_t param = l4_sched_param(static_cast<unsigned>(priority), 0);
  if (t.cpus.map) param.affinity = t.cpus;
  return l4_error(l4_scheduler_run_thread(scheduler(), t.cap, &param)) < 0 ? EPERM : 0;
}

extern "C" {

int sched_yield()
{
  l4_thread_yield();
  return 0;
}

void pthread_yield()
{
  l4_thread_yield();
}

int sched_get_priority_min(int policy)
{
  if (policy == SCHED_L4 || policy == SCHED_RR || policy == SCHED_FIFO || policy == SCHED_OTHER)
    return 1;
  errno = EINVAL;
  return -1;
}

int sched_get_priority_max(int policy)
{
  constexpr int Max = 255;
  return sched_get_priority_min(policy) < 0 ? -1 : Max;
}

int pthread_getschedparam(pthread_t id, int *policy, sched_param *param)
{
  Thread *const t = Thread::given(id);
  if (!t) return ESRCH;
  *policy = t->policy;
  param->sched_priority = t->priority;
  return 0;
}

int pthread_setschedparam(pthread_t id, int policy, sched_param const *param)
{
  Thread *const t = Thread::given(id);
  if (!t) return ESRCH;
  if (int const error = set_base_priority(t, param->sched_priority)) return error;
  t->policy = policy;
  return 0;
}

int pthread_setschedprio(pthread_t id, int priority)
{
  Thread *const t = Thread::given(id);
  return t ? set_base_priority(t, priority) : ESRCH;
}

int pthread_setaffinity_np(pthread_t id, size_t size, cpu_set_t const *cpus)
{
  if (size != sizeof(*cpus)) return EINVAL;
  Thread *const t = Thread::given(id);
  return t ? set_cpus(t, cpus->__bits) : ESRCH;
}

int pthread_getaffinity_np(pthread_t id, size_t size, cpu_set_t *cpus)
{
  if (size != sizeof(*cpus)) return EINVAL;
  Thread *const t = Thread::given(id);
  if (!t) return ESRCH;
  // The map counts in groups of 2^granularity CPUs from the offset on.
  unsigned const granularity = static_cast<unsigned>(t->cpus.gran_offset >> 24);
  bool const plain = t->cpus.map && !granularity;
  unsigned const offset = static_cast<unsigned>(t->cpus.gran_offset & 0xffffff);
  cpus->__bits = plain && offset < CPU_SETSIZE ? t->cpus.map << offset : offered_cpus();
  return 0;
}

int pthread_attr_setaffinity_np(pthread_attr_t *attr, size_t size, cpu_set_t const *cpus)
{
  if (size != sizeof(*cpus)) return EINVAL;
  attr->affinity = l4_sched_cpu_set(0, 0, cpus->__bits & offered_cpus());
  return attr->affinity.map ? 0 : EINVAL;
}

int pthread_attr_getaffinity_np(pthread_attr_t const *attr, size_t size, cpu_set_t *cpus)
{
  if (size != sizeof(*cpus)) return EINVAL;
  cpus->__bits = attr->affinity.map ? attr->affinity.map : offered_cpus();
  return 0;
}

int pthread_setname_np(pthread_t id, char const *name)
{
  Thread *const t = Thread::given(id);
  if (!t) return ESRCH;
  if (strlen(name) >= Thread::Name_size) return ERANGE;
  strcpy(t->name, name);
  return 0;
}

int pthread_getname_np(pthread_t id, char *name, size_t size)
{
  Thread *const t = Thread::given(id);
  if (!t) return ESRCH;
  if (size <= strlen(t->name)) return ERANGE;
  strcpy(name, t->name);
  return 0;
}

// ---- CPU time (libc, time.cc) ----

l4_cap_idx_t libc_own_thread()
{
  return Thread::self()->cap;
}

/// Of all threads, microseconds.
l4_uint64_t libc_process_time()
{
  Thread::self();
  Guard guard(threads_lock);
  l4_uint64_t sum = past_time;
  for (Thread const *t = all_threads; t; t = t->next) {
    l4_kernel_clock_t time = 0;
    if (t->state && l4_error(l4_thread_stats_time(t->cap, &time)) >= 0) sum += time;
  }
  return sum;
}

int pthread_getcpuclockid(pthread_t id, clockid_t *clock)
{
  Thread *const t = Thread::given(id);
  if (!t) return ESRCH;
  constexpr clockid_t Clock_of_thread = 5; // as in libc, time.cc
  *clock = t->cap | Clock_of_thread;
  return 0;
}

/// Every thread is a kernel thread: the level is kept and means nothing.
int pthread_setconcurrency(int level)
{
  if (level < 0) return EINVAL;
  concurrency = level;
  return 0;
}

int pthread_getconcurrency()
{
  return concurrency;
}

} // extern "C"

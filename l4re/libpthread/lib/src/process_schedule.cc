// SPDX-License-Identifier: MIT
/*
 * Priorities and CPUs by the number of a process. There is one process; what is asked for it is
 * done for the calling thread, as elsewhere. Other numbers: ESRCH.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

namespace {

/// The error of a function on threads, in the way of those on processes.
int answer(int error)
{
  if (!error) return 0;
  errno = error;
  return -1;
}

bool is_own(pid_t pid) { return pid == 0 || pid == getpid(); }

} // namespace

extern "C" {

int sched_getparam(pid_t pid, sched_param *param)
{
  int policy;
  return answer(is_own(pid) ? pthread_getschedparam(pthread_self(), &policy, param) : ESRCH);
}

int sched_setparam(pid_t pid, sched_param const *param)
{
  return answer(is_own(pid) ? pthread_setschedprio(pthread_self(), param->sched_priority) : ESRCH);
}

int sched_getscheduler(pid_t pid)
{
  int policy = -1;
  sched_param param;
  int const error = is_own(pid) ? pthread_getschedparam(pthread_self(), &policy, &param) : ESRCH;
  return error ? answer(error) : policy;
}

/// \return the policy until now
int sched_setscheduler(pid_t pid, int policy, sched_param const *param)
{
  int const old = sched_getscheduler(pid);
  if (old < 0 || sched_get_priority_min(policy) < 0) return -1;
  return answer(pthread_setschedparam(pthread_self(), policy, param)) < 0 ? -1 : old;
}

/// Threads of one priority take turns; how long a turn lasts is the kernel's affair
/// (docs/scheduling.md).
int sched_rr_get_interval(pid_t pid, timespec *interval)
{
  constexpr long Default_quantum_ns = 10000000;
  if (!is_own(pid)) return answer(ESRCH);
  *interval = {0, Default_quantum_ns};
  return 0;
}

int sched_setaffinity(pid_t pid, size_t size, cpu_set_t const *cpus)
{
  return answer(is_own(pid) ? pthread_setaffinity_np(pthread_self(), size, cpus) : ESRCH);
}

int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *cpus)
{
  return answer(is_own(pid) ? pthread_getaffinity_np(pthread_self(), size, cpus) : ESRCH);
}

} // extern "C"

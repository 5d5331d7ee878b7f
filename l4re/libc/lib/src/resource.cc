// SPDX-License-Identifier: MIT
/*
 * What a program may use and has used. Memory is limited by the quota of its `mem` capability,
 * which answers with ENOMEM; the limits here are those of the library, and fixed.
 */
#include "libc_priv.h"

#include <errno.h>
#include <limits.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

namespace {

/// Of the first thread: what itas gives a program that does not ask for another size.
constexpr rlim_t Stack_size = 2 << 20;
constexpr long Ns_per_us = 1000;

/// Only this process is there, and its group, and its user.
bool is_own(int which, id_t who)
{
  if (who == 0) return true;
  return which != PRIO_USER && who == static_cast<id_t>(getpid());
}

} // namespace

extern "C" {

int getrlimit(int resource, rlimit *limit)
{
  switch (resource) {
  case RLIMIT_NOFILE: limit->rlim_cur = OPEN_MAX; break;
  case RLIMIT_STACK: limit->rlim_cur = Stack_size; break;
  case RLIMIT_CORE: limit->rlim_cur = 0; break;
  case RLIMIT_CPU:
  case RLIMIT_FSIZE:
  case RLIMIT_DATA:
  case RLIMIT_AS: limit->rlim_cur = RLIM_INFINITY; break;
  default: return fail(EINVAL);
  }
  limit->rlim_max = limit->rlim_cur;
  return 0;
}

int setrlimit(int resource, rlimit const *limit)
{
  rlimit now;
  if (getrlimit(resource, &now) < 0) return -1;
  if (limit->rlim_cur > limit->rlim_max) return fail(EINVAL);
  return limit->rlim_cur == now.rlim_cur && limit->rlim_max == now.rlim_max ? 0 : fail(EPERM);
}

int getrusage(int who, rusage *usage)
{
  if (who != RUSAGE_SELF && who != RUSAGE_THREAD && who != RUSAGE_CHILDREN) return fail(EINVAL);
  *usage = {};
  if (who == RUSAGE_CHILDREN) return 0;
  timespec t;
  if (clock_gettime(who == RUSAGE_SELF ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_THREAD_CPUTIME_ID, &t) <
      0)
    return -1;
  usage->ru_utime = {t.tv_sec, t.tv_nsec / Ns_per_us};
  return 0;
}

int getpriority(int which, id_t who)
{
  if (which < PRIO_PROCESS || which > PRIO_USER) return fail(EINVAL);
  return is_own(which, who) ? 0 : fail(ESRCH);
}

int setpriority(int which, id_t who, int niceness)
{
  if (getpriority(which, who) < 0) return -1;
  return niceness == 0 ? 0 : fail(EACCES);
}

int nice(int change) { return change == 0 ? 0 : fail(EPERM); }

} // extern "C"

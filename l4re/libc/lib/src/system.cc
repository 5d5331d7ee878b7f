// SPDX-License-Identifier: MIT
/*
 * What a program can ask about the system and itself. There is one user, who is root, and one
 * process.
 */
#include "libc_priv.h"
#include "signal.h"

#include <l4/sys/consts.h>
#include <l4/sys/scheduler.h>

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace {

constexpr char Host_name[] = "l4";

int fail(int error)
{
  errno = error;
  return -1;
}

/// CPUs that this program's scheduler offers.
long cpus()
{
  l4_umword_t max = 0;
  l4_sched_cpu_set_t set = l4_sched_cpu_set(0, 0, 0);
  if (l4_error(l4_scheduler_info(l4re_global_env->scheduler, &max, &set)) < 0) return 1;
  int const n = __builtin_popcountl(set.map);
  return n ? n : 1;
}

} // namespace

extern "C" {

long sysconf(int name)
{
  switch (name) {
  case _SC_PAGESIZE:
    return L4_PAGESIZE;
  case _SC_NPROCESSORS_ONLN:
  case _SC_NPROCESSORS_CONF:
    return cpus();
  case _SC_OPEN_MAX:
    return OPEN_MAX;
  case _SC_CLK_TCK:
    return CLOCKS_PER_SEC;
  case _SC_IOV_MAX:
    return IOV_MAX;
  case _SC_VERSION:
    return 200809L;
  case _SC_THREADS:
  case _SC_TIMERS:
  case _SC_MONOTONIC_CLOCK:
  case _SC_MAPPED_FILES:
  case _SC_REALTIME_SIGNALS:
    return 200809L;
  case _SC_RTSIG_MAX:
    return SIGRTMAX - SIGRTMIN + 1;
  case _SC_SIGQUEUE_MAX:
    return Libc::Max_queued;
  case _SC_HOST_NAME_MAX:
    return sizeof(Host_name);
  case _SC_THREAD_STACK_MIN:
    return PTHREAD_STACK_MIN;
  case _SC_LOGIN_NAME_MAX:
    return sizeof("root");
  default:
    return fail(EINVAL);
  }
}

int getpagesize()
{
  return L4_PAGESIZE;
}

int uname(utsname *name)
{
  strcpy(name->sysname, "L4Re");
  strcpy(name->nodename, Host_name);
  strcpy(name->release, "1");
  strcpy(name->version, "Furore");
  strcpy(name->machine, "x86_64");
  return 0;
}

int gethostname(char *name, size_t size)
{
  if (size < sizeof(Host_name)) return fail(ENAMETOOLONG);
  strcpy(name, Host_name);
  return 0;
}

uid_t getuid()
{
  return 0;
}
uid_t geteuid()
{
  return 0;
}
gid_t getgid()
{
  return 0;
}
gid_t getegid()
{
  return 0;
}
pid_t getppid()
{
  return 1;
}
pid_t getpgrp()
{
  return getpid();
}

} // extern "C"

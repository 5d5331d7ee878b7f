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

/// CPUs that this program's scheduler offers.
long cpus()
{
  l4_umword_t max = 0;
  l4_sched_cpu_set_t set = l4_sched_cpu_set(0, 0, 0);
  if (l4_error(l4_scheduler_info(l4re_global_env->scheduler, &max, &set)) < 0) return 1;
  int const n = __builtin_popcountl(set.map);
  return n ? n : 1;
}

/// What sysconf() answers.
struct Setting {
  int name;
  long value;
};

constexpr Setting settings[] = {
    {_SC_PAGESIZE, L4_PAGESIZE},
    {_SC_OPEN_MAX, OPEN_MAX},
    {_SC_CLK_TCK, CLOCKS_PER_SEC},
    {_SC_IOV_MAX, IOV_MAX},
    {_SC_HOST_NAME_MAX, sizeof(Host_name)},
    {_SC_LOGIN_NAME_MAX, sizeof("root")},
    {_SC_GETPW_R_SIZE_MAX, 64},
    {_SC_GETGR_R_SIZE_MAX, 64},
    {_SC_NGROUPS_MAX, 1},
    {_SC_THREAD_STACK_MIN, PTHREAD_STACK_MIN},
    {_SC_RTSIG_MAX, SIGRTMAX - SIGRTMIN + 1},
    {_SC_SIGQUEUE_MAX, Libc::Max_queued},
    {_SC_VERSION, _POSIX_VERSION},
    {_SC_THREADS, _POSIX_THREADS},
    {_SC_THREAD_SAFE_FUNCTIONS, _POSIX_THREAD_SAFE_FUNCTIONS},
    {_SC_THREAD_ATTR_STACKADDR, _POSIX_THREAD_ATTR_STACKADDR},
    {_SC_THREAD_ATTR_STACKSIZE, _POSIX_THREAD_ATTR_STACKSIZE},
    {_SC_THREAD_PRIORITY_SCHEDULING, _POSIX_THREAD_PRIORITY_SCHEDULING},
    {_SC_THREAD_PRIO_INHERIT, _POSIX_THREAD_PRIO_INHERIT},
    {_SC_PRIORITY_SCHEDULING, _POSIX_PRIORITY_SCHEDULING},
    {_SC_BARRIERS, _POSIX_BARRIERS},
    {_SC_SPIN_LOCKS, _POSIX_SPIN_LOCKS},
    {_SC_READER_WRITER_LOCKS, _POSIX_READER_WRITER_LOCKS},
    {_SC_SEMAPHORES, _POSIX_SEMAPHORES},
    {_SC_TIMERS, _POSIX_TIMERS},
    {_SC_TIMEOUTS, _POSIX_TIMEOUTS},
    {_SC_MONOTONIC_CLOCK, _POSIX_MONOTONIC_CLOCK},
    {_SC_CLOCK_SELECTION, _POSIX_CLOCK_SELECTION},
    {_SC_CPUTIME, _POSIX_CPUTIME},
    {_SC_THREAD_CPUTIME, _POSIX_THREAD_CPUTIME},
    {_SC_MAPPED_FILES, _POSIX_MAPPED_FILES},
    {_SC_FSYNC, _POSIX_FSYNC},
    {_SC_REALTIME_SIGNALS, _POSIX_REALTIME_SIGNALS},
};

/// Options of POSIX that are not there: docs/posix.md.
constexpr int not_there[] = {
    _SC_THREAD_PROCESS_SHARED, _SC_ASYNCHRONOUS_IO, _SC_MESSAGE_PASSING, _SC_PRIORITIZED_IO,
    _SC_JOB_CONTROL,           _SC_SAVED_IDS,       _SC_SPAWN,           _SC_SHELL,
    _SC_CHILD_MAX,             _SC_ARG_MAX,         _SC_THREAD_THREADS_MAX,
};

} // namespace

extern "C" {

long sysconf(int name)
{
  if (name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF) return cpus();
  for (Setting const &s : settings)
    if (s.name == name) return s.value;
  // What the library was not made for is no error.
  for (int const missing : not_there)
    if (missing == name) return -1;
  return fail(EINVAL);
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

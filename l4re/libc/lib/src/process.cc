// SPDX-License-Identifier: MIT
/*
 * The end of a process, and the functions about processes that a single task does not have.
 */
#include "libc_priv.h"
#include "runtime_calls.h"

#include <l4/sys/ipc.h>

#include <errno.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

/// There is one process per task; POSIX programs only compare the number.
constexpr pid_t Own_pid = 2;
constexpr int Signal_status = 128;

int fail(int error)
{
  errno = error;
  return -1;
}

} // namespace

extern "C" {

/// Tell the parent, which ends the task. Without an answer there is nothing left to do.
void _exit(int status)
{
  runtime_signal_exit(status);
  for (;;)
    l4_ipc_sleep(L4_IPC_NEVER);
}

pid_t getpid()
{
  return Own_pid;
}

/// Only a process' own end: newlib's raise(), and with it abort(), comes here when no handler is
/// installed.
int kill(pid_t pid, int signal)
{
  if (pid != Own_pid) return fail(ESRCH);
  if (signal == 0) return 0;
  _exit(Signal_status + signal);
}

int sigprocmask(int, sigset_t const *, sigset_t *)
{
  return fail(ENOSYS);
}

/// As sigprocmask(); newlib's sigsetjmp() uses this one.
int pthread_sigmask(int, sigset_t const *, sigset_t *)
{
  return ENOSYS;
}

pid_t fork()
{
  return fail(ENOMEM);
}

int execve(char const *, char *const *, char *const *)
{
  return fail(EINVAL);
}

pid_t wait(int *)
{
  return fail(ECHILD);
}

} // extern "C"

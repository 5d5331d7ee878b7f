// SPDX-License-Identifier: MIT
/*
 * The end of a process, and the functions about processes that a single task does not have.
 */
#include "libc_priv.h"
#include "runtime_calls.h"

#include <l4/sys/ipc.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

/// There is one process per task; POSIX programs only compare the number.
constexpr pid_t Own_pid = 2;
constexpr int Signal_status = 128;

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

// In signal.cc, linked as soon as a program asks for more than the default of a signal.
int libc_signal_raise(int signal) __attribute__((weak));
int libc_signal_kill(int signal) __attribute__((weak));

int raise(int signal)
{
  if (signal < 0 || signal >= NSIG) return fail(EINVAL);
  if (libc_signal_raise) return libc_signal_raise(signal);
  libc_signal_default(signal);
  return 0;
}

/// There is one process.
int kill(pid_t pid, int signal)
{
  if (pid != Own_pid && pid != 0 && pid != -Own_pid) return fail(ESRCH);
  if (signal < 0 || signal >= NSIG) return fail(EINVAL);
  if (signal == 0) return 0;
  return libc_signal_kill ? libc_signal_kill(signal) : raise(signal);
}

void libc_signal_default(int signal)
{
  constexpr l4_umword_t Ignored = 1UL << SIGCHLD | 1UL << SIGURG | 1UL << SIGWINCH | 1UL << SIGCONT |
                                  1UL << SIGSTOP | 1UL << SIGTSTP | 1UL << SIGTTIN | 1UL << SIGTTOU;
  if (!signal || (Ignored >> signal & 1)) return; // stopping: there is nobody to continue it
  _exit(Signal_status + signal);
}

void abort()
{
  raise(SIGABRT);
  _exit(Signal_status + SIGABRT);
}

pid_t fork()
{
  return fail(ENOMEM);
}

/// Nothing is ever called: fork() fails.
int pthread_atfork(void (*)(), void (*)(), void (*)())
{
  return 0;
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

/* SPDX-License-Identifier: MIT */
/*
 * Signals; stands in for newlib's header of this name, whose `struct sigaction` has no place for
 * three-argument handlers. Numbers are those of newlib, so that its strsignal() fits.
 *
 * What is delivered when: docs/posix.md.
 */
#ifndef _SYS_SIGNAL_H
#define _SYS_SIGNAL_H

#include <stdint.h>
#include <sys/_sigset.h>
#include <sys/_timespec.h>
#include <sys/cdefs.h>
#include <sys/features.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef _SIGSET_T_DECLARED
#define _SIGSET_T_DECLARED
typedef __sigset_t sigset_t;
#endif

#define SIGHUP    1
#define SIGINT    2
#define SIGQUIT   3
#define SIGILL    4
#define SIGTRAP   5
#define SIGABRT   6
#define SIGIOT    SIGABRT
#define SIGEMT    7
#define SIGFPE    8
#define SIGKILL   9
#define SIGBUS    10
#define SIGSEGV   11
#define SIGSYS    12
#define SIGPIPE   13
#define SIGALRM   14
#define SIGTERM   15
#define SIGURG    16
#define SIGSTOP   17
#define SIGTSTP   18
#define SIGCONT   19
#define SIGCHLD   20
#define SIGCLD    SIGCHLD
#define SIGTTIN   21
#define SIGTTOU   22
#define SIGIO     23
#define SIGPOLL   SIGIO
#define SIGXCPU   24
#define SIGXFSZ   25
#define SIGVTALRM 26
#define SIGPROF   27
#define SIGWINCH  28
#define SIGLOST   29
#define SIGUSR1   30
#define SIGUSR2   31
/* Realtime signals: each one sent is delivered, the lowest number first. */
#define SIGRTMIN  32
#define SIGRTMAX  63
#define NSIG      64

#define SIGEV_NONE   1
#define SIGEV_SIGNAL 2
#define SIGEV_THREAD 3 /* timer_create() answers ENOTSUP in programs without libpthread */

union sigval {
  int sival_int;
  void *sival_ptr;
};

struct sigevent {
  int sigev_notify;
  int sigev_signo;
  union sigval sigev_value;
  void (*sigev_notify_function)(union sigval);
  pthread_attr_t *sigev_notify_attributes;
};

/* si_code of signals that somebody sent; those of faults are below and count from 1 as well. */
#define SI_USER    0x10001
#define SI_QUEUE   0x10002
#define SI_TIMER   0x10003
#define SI_ASYNCIO 0x10004
#define SI_MESGQ   0x10005
#define SI_TKILL   0x10006

#define SEGV_MAPERR 1 /* nothing is mapped there */
#define SEGV_ACCERR 2 /* not with this access */
#define BUS_ADRALN  1
#define BUS_ADRERR  2
#define BUS_OBJERR  3
#define ILL_ILLOPC  1
#define ILL_PRVOPC  5
#define FPE_INTDIV  1
#define FPE_FLTINV  7
#define TRAP_BRKPT  1
#define TRAP_TRACE  2

typedef struct {
  int si_signo;
  int si_code;
  union sigval si_value;
  void *si_addr; /* of a fault */
  pid_t si_pid;
  uid_t si_uid;
  int si_errno;
  int si_status;
} siginfo_t;

#define SA_NOCLDSTOP 0x01
#define SA_SIGINFO   0x02 /* three arguments: sa_sigaction */
#define SA_ONSTACK   0x04
#define SA_RESTART   0x08
#define SA_NODEFER   0x10
#define SA_RESETHAND 0x20
#define SA_NOCLDWAIT 0x40

typedef void (*_sig_func_ptr)(int);

struct sigaction {
  union {
    _sig_func_ptr _handler;
    void (*_sigaction)(int, siginfo_t *, void *);
  } _signal_handlers;
  sigset_t sa_mask;
  int sa_flags;
};
#define sa_handler   _signal_handlers._handler
#define sa_sigaction _signal_handlers._sigaction

#define MINSIGSTKSZ 4096
#define SIGSTKSZ    16384
#define SS_ONSTACK  1
#define SS_DISABLE  2

typedef struct sigaltstack {
  void *ss_sp;
  int ss_flags;
  size_t ss_size;
} stack_t;

#define SIG_SETMASK 0
#define SIG_BLOCK   1
#define SIG_UNBLOCK 2

int sigprocmask(int how, const sigset_t *set, sigset_t *old);
int pthread_sigmask(int how, const sigset_t *set, sigset_t *old);
int kill(pid_t pid, int signal);
int killpg(pid_t group, int signal);
int sigaction(int signal, const struct sigaction *action, struct sigaction *old);
int sigaddset(sigset_t *set, const int signal);
int sigdelset(sigset_t *set, const int signal);
int sigismember(const sigset_t *set, int signal);
int sigfillset(sigset_t *set);
int sigemptyset(sigset_t *set);
int sigpending(sigset_t *set);
int sigsuspend(const sigset_t *mask);
int sigwait(const sigset_t *set, int *signal);
int sigwaitinfo(const sigset_t *set, siginfo_t *info);
int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout);
/* EAGAIN: _SC_SIGQUEUE_MAX signals are queued already. */
int sigqueue(pid_t pid, int signal, const union sigval value);
int sigaltstack(const stack_t *__restrict stack, stack_t *__restrict old);
int pthread_kill(pthread_t thread, int signal);

/* Whether calls that the signal interrupts fail with EINTR, else are repeated. */
int siginterrupt(int signal, int on);
/* The mask, a signal at a time (XSI). */
#define SIG_HOLD ((_sig_func_ptr)2)
_sig_func_ptr sigset(int signal, _sig_func_ptr handler);
int sighold(int signal);
int sigrelse(int signal);
int sigignore(int signal);
int sigpause(int signal);
void psiginfo(const siginfo_t *info, const char *text);

#ifdef __cplusplus
}
#endif

#ifndef _SIGNAL_H_
#include <signal.h>
#endif

#endif

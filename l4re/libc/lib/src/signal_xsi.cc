// SPDX-License-Identifier: MIT
/*
 * Older functions on signals (XSI), by those of POSIX.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

namespace {

int change_mask(int how, int signal)
{
  sigset_t set;
  sigemptyset(&set);
  return sigaddset(&set, signal) < 0 ? -1 : sigprocmask(how, &set, nullptr);
}

} // namespace

extern "C" {

int sighold(int signal) { return change_mask(SIG_BLOCK, signal); }

int sigrelse(int signal) { return change_mask(SIG_UNBLOCK, signal); }

int sigignore(int signal)
{
  struct sigaction action = {};
  action.sa_handler = SIG_IGN;
  return sigaction(signal, &action, nullptr);
}

int sigpause(int signal)
{
  sigset_t mask;
  if (sigprocmask(SIG_BLOCK, nullptr, &mask) < 0 || sigdelset(&mask, signal) < 0) return -1;
  return sigsuspend(&mask);
}

/// Installs a handler, or blocks the signal; tells what was before.
_sig_func_ptr sigset(int signal, _sig_func_ptr handler)
{
  sigset_t mask;
  struct sigaction old;
  if (sigprocmask(SIG_BLOCK, nullptr, &mask) < 0 || sigaction(signal, nullptr, &old) < 0)
    return SIG_ERR;
  bool const was_held = sigismember(&mask, signal) == 1;
  if (handler == SIG_HOLD) {
    if (sighold(signal) < 0) return SIG_ERR;
  } else {
    struct sigaction action = {};
    action.sa_handler = handler;
    if (sigaction(signal, &action, nullptr) < 0 || sigrelse(signal) < 0) return SIG_ERR;
  }
  return was_held ? SIG_HOLD : old.sa_handler;
}

int siginterrupt(int signal, int on)
{
  struct sigaction action;
  if (sigaction(signal, nullptr, &action) < 0) return -1;
  action.sa_flags = on ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
  return sigaction(signal, &action, nullptr);
}

void psiginfo(siginfo_t const *info, char const *text)
{
  fprintf(stderr, "%s%s%s (%d, code %d, address %p)\n", text ? text : "", text && *text ? ": " : "",
          strsignal(info->si_signo), info->si_signo, info->si_code, info->si_addr);
}

} // extern "C"

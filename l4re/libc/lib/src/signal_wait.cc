// SPDX-License-Identifier: MIT
/*
 * Waiting for signals, and sending them with values.
 */
#include "libc_priv.h"
#include "signal.h"

#include <errno.h>
#include <unistd.h>

using namespace Libc;

namespace {

/// Until a handler ran in this thread.
int wait_for_handler(unsigned seen)
{
  while (load(thread_state().interrupts) == seen) {
    cancellation_point();
    Park::prepare();
    if (load(thread_state().interrupts) != seen) break;
    Park::sleep_until(Never);
  }
  return fail(EINTR);
}

int wait_until(sigset_t const *set, siginfo_t *info, l4_uint64_t deadline)
{
  cancellation_point();
  Signal_state &own = signal_state();
  for (;;) {
    unsigned const epoch = load(*signal_epoch());
    if (int const signal = take_pending(&own, *set, info)) return signal;
    int const e = wait(signal_epoch(), epoch, deadline, Wait_mode::Any_wake);
    if (e == ETIMEDOUT) return fail(EAGAIN);
    if (e != EINTR) continue;
    cancellation_point();
    return fail(EINTR);
  }
}

} // namespace

extern "C" {

int sigsuspend(sigset_t const *mask)
{
  Signal_state &own = signal_state();
  Set const old = own.mask;
  unsigned const seen = load(thread_state().interrupts);
  sigset_t const wanted = *mask;
  sigprocmask(SIG_SETMASK, &wanted, nullptr);
  int const r = wait_for_handler(seen);
  own.mask = old;
  return r;
}

int pause()
{
  signal_state();
  return wait_for_handler(load(thread_state().interrupts));
}

int sigtimedwait(sigset_t const *set, siginfo_t *info, timespec const *timeout)
{
  l4_uint64_t deadline = Never;
  if (timeout && !deadline_in(timeout, &deadline)) return fail(EINVAL);
  siginfo_t ignored;
  return wait_until(set, info ? info : &ignored, deadline);
}

int sigwaitinfo(sigset_t const *set, siginfo_t *info)
{
  return sigtimedwait(set, info, nullptr);
}

int sigwait(sigset_t const *set, int *signal)
{
  siginfo_t info;
  int r;
  do
    r = wait_until(set, &info, Never);
  while (r < 0 && errno == EINTR);
  *signal = r;
  return 0;
}

/// There is one process.
int sigqueue(pid_t pid, int signal, sigval value)
{
  if (pid != getpid()) return fail(ESRCH);
  if (signal < 0 || signal >= NSIG) return fail(EINVAL);
  if (!signal) return 0;
  signal_state();
  if (!queue_signal(nullptr, signal, SI_QUEUE, value)) return fail(EAGAIN);
  process_was_signalled(signal);
  return 0;
}

} // extern "C"

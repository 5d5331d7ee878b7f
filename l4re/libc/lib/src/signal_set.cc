// SPDX-License-Identifier: MIT
/*
 * Sets of signals, and stacks for handlers.
 */
#include "libc_priv.h"
#include "signal.h"

#include <errno.h>

using namespace Libc;

namespace {

bool is_signal(int signal)
{
  return signal > 0 && signal < NSIG;
}

} // namespace

extern "C" {

int sigemptyset(sigset_t *set)
{
  *set = 0;
  return 0;
}

int sigfillset(sigset_t *set)
{
  *set = ~Set{1};
  return 0;
}

int sigaddset(sigset_t *set, int const signal)
{
  if (!is_signal(signal)) return fail(EINVAL);
  *set |= Set{1} << signal;
  return 0;
}

int sigdelset(sigset_t *set, int const signal)
{
  if (!is_signal(signal)) return fail(EINVAL);
  *set &= ~(sigset_t{1} << signal);
  return 0;
}

int sigismember(sigset_t const *set, int signal)
{
  if (!is_signal(signal)) return fail(EINVAL);
  return static_cast<int>(*set >> signal & 1);
}

int sigaltstack(stack_t const *stack, stack_t *old)
{
  l4re_itas_thread_t &own = signal_state().itas;
  l4_addr_t const here = reinterpret_cast<l4_addr_t>(__builtin_frame_address(0));
  bool const on_it = here - own.stack < own.stack_size;
  if (old)
    *old = {reinterpret_cast<void *>(own.stack),
            on_it            ? SS_ONSTACK
            : own.stack_size ? 0
                             : SS_DISABLE,
            own.stack_size};
  if (!stack) return 0;
  bool const disable = stack->ss_flags & SS_DISABLE;
  if (on_it) return fail(EPERM);
  if (!disable && stack->ss_size < MINSIGSTKSZ) return fail(ENOMEM);
  own.stack_size = 0;
  own.stack = reinterpret_cast<l4_addr_t>(stack->ss_sp);
  own.stack_size = disable ? 0 : stack->ss_size;
  return 0;
}

} // extern "C"

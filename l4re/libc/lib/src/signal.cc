// SPDX-License-Identifier: MIT
/*
 * Actions, masks and delivery of signals.
 *
 * A handler runs in the thread that the signal is for: called directly when that thread itself
 * raises or unmasks it, and through the `l4re` of the task when it comes from a fault, a timer or
 * another thread.
 */
#include "signal.h"
#include "signal_context.h"
#include "libc_priv.h"
#include "runtime_calls.h"

#include <l4/sys/thread.h>
#include <l4/sys/utcb.h>

#include <errno.h>
#include <unistd.h>

extern "C" {

void libc_signal_entry();
void libc_signal_return();
void libc_signal_dispatch(l4re_itas_frame_t *frame);
l4_cap_idx_t libc_own_thread() __attribute__((weak));

l4_umword_t libc_signal_fpu_size = 512;
int libc_signal_use_xsave;

} // extern "C"

namespace Libc {

void (*timer_hook)();

namespace {

struct Action {
  union {
    _sig_func_ptr handler;                      ///< SIG_DFL, SIG_IGN, or a function of one argument
    void (*function)(int, siginfo_t *, void *); ///< with SA_SIGINFO
  };
  Set mask;
  int flags;
};

constexpr Set Everything = ~Set{0};
constexpr Set Never_masked = bit(SIGKILL) | bit(SIGSTOP);

Mutex actions_lock;
Action actions[NSIG];

l4re_itas_signals_t for_itas;
bool registered;

thread_local Signal_state state;

/// Who wants signals from outside tells the `l4re` where to.
bool register_entry()
{
  if (registered) return true;
  if (l4_is_invalid_cap(l4re_global_env->itas)) return false;
  find_fpu_size();
  registered = runtime_itas_signals(reinterpret_cast<l4_addr_t>(libc_signal_entry),
                                    reinterpret_cast<l4_addr_t>(libc_signal_return),
                                    reinterpret_cast<l4_addr_t>(&for_itas)) >= 0;
  return registered;
}

/// The thread that gets the signals of the process: the first to use any of this, which is the main
/// thread because of the constructor below.
void adopt_main_thread()
{
  signal_state();
  for_itas.timer_thread = l4re_global_env->main_thread;
  for_itas.timer_state = &state.itas;
  for_itas.timer_park = Park::prepare();
}

L4_DECLARE_CONSTRUCTOR(adopt_main_thread, 101)

/// Take the action for a signal and, with SA_RESETHAND, set it back.
Action take_action(int signal)
{
  Guard guard(actions_lock);
  Action const action = actions[signal];
  if (action.flags & SA_RESETHAND) {
    actions[signal] = {};
    for_itas.handled &= ~bit(signal);
  }
  return action;
}

void run(int signal, siginfo_t *info, void *context)
{
  Set const old = state.mask;
  state.mask = Everything; // while the lock of the actions is held
  Action const action = take_action(signal);
  if (action.handler == SIG_IGN) {
    state.mask = old;
    return;
  }
  if (action.handler == SIG_DFL) {
    libc_signal_default(signal);
    state.mask = old;
    return;
  }
  Set const own = action.flags & SA_NODEFER ? 0 : bit(signal);
  state.mask = (old | action.mask | own) & ~Never_masked;
  if (action.flags & SA_SIGINFO)
    action.function(signal, info, context);
  else
    action.handler(signal);
  state.mask = old;
  Thread_state &thread = thread_state();
  thread.restart = action.flags & SA_RESTART;
  // A wait that begins right now ends at once.
  store(thread.interrupts, thread.interrupts + 1);
  if (l4_is_valid_cap(thread.park)) Park::wake(thread.park);
}

} // namespace

Signal_state &signal_state()
{
  if (thread_state().signals) return state;
  thread_state().signals = &state;
  state.thread = libc_own_thread ? libc_own_thread() : l4re_global_env->main_thread;
  l4_utcb_tcr()->user[L4RE_ITAS_USER_WORD] = reinterpret_cast<l4_umword_t>(&state.itas);
  return state;
}

void nudge(Signal_state *target, l4_cap_idx_t park)
{
  if (!register_entry()) return;
  __atomic_store_n(&target->itas.raised, 1, __ATOMIC_SEQ_CST);
  l4_thread_ex_regs(target->thread, ~0UL, ~0UL, L4_THREAD_EX_REGS_TRIGGER_EXCEPTION);
  Park::wake(park);
}

/// Everything masked means that the library itself must not be interrupted; it comes here again
/// when it is done.
void deliver_pending()
{
  Set const mask = signal_state().mask;
  if (mask == Everything) return;
  int signal;
  do {
    siginfo_t info;
    // A handler that interrupts here would see the second of two queued signals first.
    state.mask = Everything;
    if (__atomic_exchange_n(&for_itas.timer_expired, 0, __ATOMIC_SEQ_CST) && timer_hook)
      timer_hook();
    signal = take_pending(&state, ~mask, &info);
    state.mask = mask;
    if (signal) run(signal, &info, nullptr);
    // What came while everything was masked found nobody.
  } while (signal || load(for_itas.timer_expired) || (all_pending(state) & ~mask));
}

void process_was_signalled(int signal)
{
  deliver_pending();
  if (process_has_pending(signal) && for_itas.timer_state != &state.itas)
    nudge(reinterpret_cast<Signal_state *>(for_itas.timer_state), for_itas.timer_park);
}

bool itas_set_timer(l4_uint64_t time)
{
  if (!register_entry()) return false;
  return runtime_itas_timer(time) >= 0;
}

} // namespace Libc

using namespace Libc;

extern "C" {

/// Called on the stack of the interrupted code, or on the signal stack.
void libc_signal_dispatch(l4re_itas_frame_t *frame)
{
  Interrupted const interrupted;
  int const signal = static_cast<int>(frame->signal);
  if (signal) {
    siginfo_t info = {};
    info.si_signo = signal;
    info.si_code = static_cast<int>(frame->code);
    info.si_addr = reinterpret_cast<void *>(frame->address);
    // A fault cannot wait: masked, it is the end.
    if (state.mask & bit(signal)) libc_signal_default(signal);
    run(signal, &info, frame);
  }
  if (thread_state().guards)
    thread_state().deferred = true;
  else
    deliver_pending();
}

/// The last Guard of this thread is gone.
void libc_signal_deferred()
{
  deliver_pending();
}

// ---- for process.cc and libpthread ----

int libc_signal_raise(int signal)
{
  if (!signal) return 0;
  signal_state();
  send_signal(&state, signal, SI_TKILL, {});
  deliver_pending();
  return 0;
}

int libc_signal_kill(int signal)
{
  send_signal(nullptr, signal, SI_USER, {});
  process_was_signalled(signal);
  return 0;
}

/// pthread_kill(): the caller keeps the thread from ending.
int libc_signal_thread(Thread_state *thread, int signal)
{
  if (thread == &thread_state()) return libc_signal_raise(signal);
  Signal_state *const target = load(thread->signals);
  if (!target) return EAGAIN;
  send_signal(target, signal, SI_TKILL, {});
  nudge(target, load(thread->park));
  return 0;
}

/// Threads begin with the mask of their creator, and end before their storage does.
Set libc_signal_mask()
{
  return signal_state().mask;
}

void libc_signal_begin_thread(Set mask)
{
  signal_state().mask = mask;
}

void libc_signal_end_thread()
{
  state.mask = Everything;
  forget_queued(&state);
  l4_utcb_tcr()->user[L4RE_ITAS_USER_WORD] = 0;
}

// ---- POSIX ----

int sigaction(int signal, struct sigaction const *action, struct sigaction *old)
{
  bool const fixed = signal == SIGKILL || signal == SIGSTOP;
  if (signal <= 0 || signal >= NSIG || (action && fixed)) {
    errno = EINVAL;
    return -1;
  }
  All_masked const masked;
  Guard guard(actions_lock);
  Action const was = actions[signal];
  if (action) {
    if (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN && !register_entry()) {
      errno = ENOSYS;
      return -1;
    }
    actions[signal] = {{action->sa_handler}, static_cast<Set>(action->sa_mask), action->sa_flags};
    bool const handled = action->sa_handler != SIG_DFL;
    Set const own = bit(signal);
    for_itas.handled = handled ? for_itas.handled | own : for_itas.handled & ~own;
    bool const on_stack = action->sa_flags & SA_ONSTACK;
    for_itas.on_stack = on_stack ? for_itas.on_stack | own : for_itas.on_stack & ~own;
  }
  if (old) {
    old->sa_handler = was.handler;
    old->sa_mask = was.mask;
    old->sa_flags = was.flags;
  }
  return 0;
}

_sig_func_ptr signal(int number, _sig_func_ptr handler)
{
  struct sigaction action = {}, old;
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  return sigaction(number, &action, &old) < 0 ? SIG_ERR : old.sa_handler;
}

int pthread_sigmask(int how, sigset_t const *set, sigset_t *old)
{
  Signal_state &own = signal_state();
  if (old) *old = own.mask;
  if (!set) return 0;
  Set const wanted = static_cast<Set>(*set);
  switch (how) {
  case SIG_BLOCK:
    own.mask |= wanted & ~Never_masked;
    break;
  case SIG_UNBLOCK:
    own.mask &= ~wanted;
    break;
  case SIG_SETMASK:
    own.mask = wanted & ~Never_masked;
    break;
  default:
    return EINVAL;
  }
  deliver_pending();
  return 0;
}

int sigprocmask(int how, sigset_t const *set, sigset_t *old)
{
  int const error = pthread_sigmask(how, set, old);
  if (!error) return 0;
  errno = error;
  return -1;
}

int sigpending(sigset_t *set)
{
  *set = all_pending(signal_state()) & state.mask;
  return 0;
}

} // extern "C"

// SPDX-License-Identifier: MIT
/*
 * What is pending: for each thread and for the process.
 *
 * A bit tells that a signal is pending. What is sent with a value, and all realtime signals, are in
 * a queue besides, in the order of sending: such a signal stays pending until its last entry was
 * taken.
 */
#include "signal.h"

#include <initializer_list>
#include <unistd.h>

namespace Libc {

namespace {

struct Info {
  int code;
  sigval value;
};

/// An entry of the queue; signal 0: free.
struct Queued {
  Queued *next;
  int signal;
  Signal_state const *target; ///< null: the process
  Info info;
};

Info infos[NSIG]; ///< of pending signals that are not queued
Set process_pending;
unsigned process_epoch; ///< counts signals of the process; sigwait() waits on it

Mutex queue_lock;
Queued queue[Max_queued];
Queued *oldest;

Set &pending_of(Signal_state *target)
{
  return target ? target->pending : process_pending;
}

void set_pending(Signal_state *target, int signal)
{
  __atomic_fetch_or(&pending_of(target), bit(signal), __ATOMIC_SEQ_CST);
  if (target) return;
  __atomic_fetch_add(&process_epoch, 1, __ATOMIC_SEQ_CST);
  wake(&process_epoch, All);
}

bool append(Queued const &entry)
{
  Guard guard(queue_lock);
  for (Queued &q : queue) {
    if (q.signal) continue;
    q = entry;
    Queued **end = &oldest;
    while (*end)
      end = &(*end)->next;
    *end = &q;
    return true;
  }
  return false;
}

/// Take the oldest entry. \return true if there was one; `*more`: there are others
bool take_queued(Signal_state const *target, int signal, Info *info, bool *more)
{
  Guard guard(queue_lock);
  bool found = false;
  for (Queued **at = &oldest; *at;) {
    Queued *const q = *at;
    if (q->signal != signal || q->target != target) {
      at = &q->next;
      continue;
    }
    if (found) {
      *more = true;
      break;
    }
    found = true;
    *info = q->info;
    *at = q->next;
    *q = {};
  }
  return found;
}

/// The bit of a signal was taken: who gets it, and does it stay pending?
void take_info(Signal_state *target, int signal, siginfo_t *out)
{
  Info info = infos[signal];
  bool more = false;
  take_queued(target, signal, &info, &more);
  if (more) set_pending(target, signal);
  *out = {};
  out->si_signo = signal;
  out->si_code = info.code;
  out->si_value = info.value;
  out->si_pid = getpid();
}

} // namespace

bool queue_signal(Signal_state *target, int signal, int code, sigval value)
{
  if (!append({nullptr, signal, target, {code, value}})) return false;
  set_pending(target, signal);
  return true;
}

void send_signal(Signal_state *target, int signal, int code, sigval value)
{
  bool const queued = signal >= SIGRTMIN && code != SI_TIMER; // expiries are counted instead
  if (queued && queue_signal(target, signal, code, value)) return;
  infos[signal] = {code, value};
  set_pending(target, signal);
}

int take_pending(Signal_state *own, Set wanted, siginfo_t *info)
{
  for (Signal_state *target : {own, static_cast<Signal_state *>(nullptr)}) {
    Set &pending = pending_of(target);
    Set now = load(pending);
    while (Set const candidates = now & wanted) {
      int const signal = __builtin_ctzl(candidates);
      if (!exchange_if(pending, now, now & ~bit(signal))) continue;
      take_info(target, signal, info);
      return signal;
    }
  }
  return 0;
}

Set all_pending(Signal_state const &own)
{
  return load(own.pending) | load(process_pending);
}

bool process_has_pending(int signal)
{
  return load(process_pending) & bit(signal);
}

void forget_queued(Signal_state const *own)
{
  Guard guard(queue_lock);
  for (Queued **at = &oldest; *at;) {
    Queued *const q = *at;
    if (q->target != own) {
      at = &q->next;
      continue;
    }
    *at = q->next;
    *q = {};
  }
}

unsigned *signal_epoch()
{
  return &process_epoch;
}

} // namespace Libc

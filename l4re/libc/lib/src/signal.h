// SPDX-License-Identifier: MIT
#pragma once

#include <l4/libc/wait.h>
#include <l4/re/itas.h>

#include <signal.h>

/**
 * \file
 * Signals inside the library. A set of signals is a word whose bit n is signal n.
 */
namespace Libc {

using Set = l4_umword_t;
static_assert(NSIG <= 64);

constexpr Set bit(int signal)
{
  return Set{1} << signal;
}

/// Of a thread; found by Thread_state::signals, and by the `l4re` through `itas`.
struct Signal_state {
  l4re_itas_thread_t itas;
  Set mask;    ///< of the thread itself
  Set pending; ///< others set bits
  l4_cap_idx_t thread;
};

/// The calling thread's, made known to the `l4re` at its first use.
Signal_state &signal_state();

/// Let a thread look at its pending signals soon, wherever it is.
void nudge(Signal_state *state, l4_cap_idx_t park);

// ---- signal_pending.cc; a target that is null is the process: threads in sigwait() look at once, the
// main thread when it is told to ----

/// Entries that the queue has for all signals together.
constexpr unsigned Max_queued = 64;

/// Make a signal pending, with what handlers get to know. One that is pending already is lost unless
/// it is a realtime signal for which the queue has room.
void send_signal(Signal_state *target, int signal, int code, sigval value);
/// As above, but it is never lost. \return false if the queue is full
bool queue_signal(Signal_state *target, int signal, int code, sigval value);
/// Take the lowest signal out of what is pending for the thread or else for the process.
/// \return 0 if there is none in the set
int take_pending(Signal_state *own, Set wanted, siginfo_t *info);
[[nodiscard]] Set all_pending(Signal_state const &own);
[[nodiscard]] bool process_has_pending(int signal);
/// A thread ends.
void forget_queued(Signal_state const *own);
/// A word that changes with each signal for the process.
unsigned *signal_epoch();

/// A signal is pending for the process: the calling thread or else the main thread delivers it.
void process_was_signalled(int signal);

/// Run the handlers of what is pending and not masked, in the calling thread.
void deliver_pending();

/// Expired timers make signals pending (timer.cc). Called with all signals masked.
extern void (*timer_hook)();

/// No handler runs in the calling thread while this lives.
class All_masked {
public:
  All_masked() : _state(signal_state()), _old(_state.mask) { _state.mask = ~Set{0}; }
  ~All_masked()
  {
    _state.mask = _old;
    deliver_pending();
  }
  All_masked(All_masked const &) = delete;

private:
  Signal_state &_state;
  Set _old;
};

/// Tell the `l4re` when to trigger the main thread; false without its service.
bool itas_set_timer(l4_uint64_t time);

} // namespace Libc

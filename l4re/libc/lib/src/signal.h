// SPDX-License-Identifier: MIT
#pragma once

#include <l4/libc/wait.h>
#include <l4/re/itas.h>

#include <signal.h>

/**
 * \file
 * Signals inside the library. A set of signals is a word whose bit n is signal n.
 *
 * Pending signals are bits: a second one of a kind that is pending already is lost, as POSIX allows.
 */
namespace Libc {

using Set = unsigned;
static_assert(NSIG <= 32);

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

/// Make a signal pending for the process. Threads in sigwait() and the main thread look.
void signal_process(int signal, int code, sigval value);

/// Run the handlers of what is pending and not masked, in the calling thread.
void deliver_pending();

/// Expired timers make signals pending (timer.cc). Called with all signals masked.
extern void (*timer_hook)();

/// No handler runs in the calling thread while this lives.
class All_masked {
public:
  All_masked() : _state(signal_state()), _old(_state.mask) { _state.mask = ~0U; }
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

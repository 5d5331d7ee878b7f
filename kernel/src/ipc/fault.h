// SPDX-License-Identifier: MIT
// Page faults and exceptions as messages that the kernel sends for a thread (abi/ipc.md sections 8,
// 9).
#pragma once

#include "obj/thread.h"

class Fault {
public:
  static constexpr Word Trap_protection = 13, Trap_page_fault = 14, Trap_system_call = 253,
                        Trap_ex_regs = 0xff;

  /// What the trap in self's frame means for it; returns the thread to run next.
  static Thread *handle(Thread &self);
  /// Continuation: as handle, after the handler's gate was bound.
  static Thread *handle_again(Thread &self);
  /// Continuation: the next of Thread::Pending.
  static Thread *run_pending(Thread &self);
  /// What must happen before `t` returns to user mode: an exception somebody asked for, or nothing.
  static Thread::Continuation pending(Thread const &t)
  {
    return t._pending ? run_pending : nullptr;
  }
  /// Send the register state to the exception handler.
  static Thread *raise_exception(Thread &self);

  /// Make registers harmless that a user wrote: rflags, selectors, segment bases.
  static void sanitize(Thread &t);

  /// Words of the message that a faulting sender sends (at most 26, in `buffer` or in the thread).
  static Word const *compose(Thread &sender, Word *buffer);
  /// An answer to an exception without the complete state: nothing of it counts.
  static bool ignores(Thread const &receiver, Msg_tag tag);
  /// Words of the answer to a faulting thread.
  static void take_answer_words(Thread &receiver, Word const *from, unsigned words);
  /// The call to the handler is over: remember how. Returns what the thread goes on with, in its own time.
  static Thread::Continuation answered(Thread &t, Msg_tag tag, Ipc_error error);

private:
  static Thread *serve_sigma0(Thread &self);
  static Thread *page_fault(Thread &self);
  static Thread *system_call(Thread &self);
  static Thread *call_handler(Thread &self, u32 handler, Thread::Message message, Msg_tag tag,
                              Thread::State without);
  static Thread *continue_after_answer(Thread &self);
};

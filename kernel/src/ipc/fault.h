// SPDX-License-Identifier: MIT
// Page faults and exceptions as messages that the kernel sends for a thread (abi/ipc.md sections 8, 9).
#pragma once

#include "obj/thread.h"

class Fault {
public:
  /// What the trap in self's frame means for it; returns the thread to run next.
  static Thread *handle(Thread &self);
  /// Continuation: as handle, after the handler's gate was bound.
  static Thread *handle_again(Thread &self);
  /// Continuation: the exception that ex_regs asked for.
  static Thread *raise_triggered(Thread &self);
  /// What must happen before `t` returns to user mode: an exception somebody asked for, or nothing.
  static Thread::Continuation pending(Thread const &t)
  {
    return t._exception_pending || t._after_syscall ? raise_triggered : nullptr;
  }
  /// Send the register state to the exception handler.
  static Thread *raise_exception(Thread &self);

  /// A system call of a thread whose system calls are intercepted (alien, vCPU user mode): true if it may
  /// be executed, else the frame describes the exception to raise (abi/kernel-entry.md section 9).
  static bool pass_system_call(Thread &self, Word selector, Word tag, Word timeout);

  /// Words of the message that a faulting sender sends (at most 26, in `buffer` or in the thread).
  static Word const *compose(Thread &sender, Word *buffer);
  /// Words of the answer to a faulting thread.
  static void take_answer_words(Thread &receiver, Word const *from, unsigned words);
  /// The call to the handler is over: remember how, the thread goes on in its own time.
  static void answered(Thread &t, Msg_tag tag, Ipc_error error);

private:
  static Thread *page_fault(Thread &self);
  static Thread *call_handler(Thread &self, u32 handler, Thread::Message message, Msg_tag tag);
  static Thread *continue_after_answer(Thread &self);
  static Thread *after_page_fault(Thread &self, Msg_tag tag, Ipc_error error);
  static Thread *after_exception(Thread &self, Msg_tag tag, Ipc_error error);
  static Thread *halt(Thread &self, Thread::State state);
  static void load_registers(Thread &t, Word const *words);
};

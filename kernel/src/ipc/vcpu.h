// SPDX-License-Identifier: MIT
// vCPU mode (abi/kernel-entry.md section 10): traps and messages of a thread become entries at a
// point of its choice, and it can run code in the address space of another task ("user mode").
#pragma once

#include "obj/thread.h"

class Vcpu {
public:
  // ---- thread operations (abi/kernel-objects.md section 3) ----
  static Outcome control(Thread &t, Invocation &call);
  static Outcome resume(Thread &t, Invocation &call);

  static bool is_enabled(Thread const &t) { return t._extension && t._extension->vcpu; }
  static bool in_user_mode(Thread const &t) { return t._extension && t._extension->user_mode; }
  /// Whether what `flag` stands for (Vcpu_area::State) enters t's vCPU kernel mode now. User mode
  /// can be left in every way, whatever the user has made of the state word meanwhile.
  static bool takes(Thread const &t, u16 flag);
  /// The task in whose spaces t's user code runs.
  static Task &running_task(Thread const &t)
  {
    return in_user_mode(t) ? *t._extension->user_task : *t.task();
  }

  /// The trap in self's frame enters vCPU kernel mode; returns the thread to run next.
  static Thread *enter_by_trap(Thread &self);
  /// A sender wants to reach `t`, which is not receiving. True if that interrupts its user code:
  /// `t` has entered vCPU kernel mode and receives, so the message is to be delivered at once.
  static bool interrupt(Thread &t);
  /// A sender was queued at `t` / a receive phase of `t` is over.
  static void sender_queued(Thread &t);
  static void receive_over(Thread &t);

  /// Parts of Fault::run_pending.
  static Thread *finish_message(Thread &self);
  static Thread *receive_queued(Thread &self);
  /// Continuation of resume: load the state. Nothing of the thread's old user state matters any
  /// more.
  static Thread *continue_resume(Thread &self);

private:
  static void enter(Thread &t);
  static void enter_for_message(Thread &t);
  static void start_kernel_mode(Thread &t, bool from_user);
  static void set_mode(Thread &t, bool user_mode, bool fpu);
  static void expect_message(Thread &t);
};

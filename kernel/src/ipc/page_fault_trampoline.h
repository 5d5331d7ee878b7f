// SPDX-License-Identifier: MIT
// Page faults that a thread handles itself (abi/kernel-objects.md section 3, pf_tramp_control).
#pragma once

#include "obj/thread.h"

class Page_fault_trampoline {
public:
  static Outcome control(Thread &t, Invocation &call);

  /// The page fault in self's frame, `word` in the format of the page-fault protocol: true if the
  /// thread goes on at its trampoline. That is disabled until the thread has resumed.
  static bool take(Thread &self, Word word);
  /// An exception asked for by ex_regs while the trampoline works waits for its end.
  static bool defer_exception(Thread &t);

  /// Continuations: back to the interrupted code / raise its fault as an exception.
  static Thread *continue_resume(Thread &self);
  static Thread *continue_reflect(Thread &self);

private:
  static void restore(Thread &self);
};

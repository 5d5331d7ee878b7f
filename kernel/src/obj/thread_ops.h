// SPDX-License-Identifier: MIT
// Operations on thread capabilities, one function per row of abi/kernel-objects.md section 3.
#pragma once

#include "obj/thread.h"

class Thread_ops {
public:
  static Outcome control(Thread &t, Invocation &call);
  /// The answer of control: selectors of pager and exception handler.
  static void tell_handlers(Thread const &t, Utcb &utcb)
  {
    utcb.mr[1] = Word{t._pager} << 12;
    utcb.mr[2] = Word{t._exc_handler} << 12;
  }
  static Outcome ex_regs(Thread &t, Invocation &call);
  static Outcome switch_to(Thread &t, Invocation &call);
  static Outcome stats_time(Thread &t, Invocation &call);
  static Outcome register_deletion_irq(Thread &t, Invocation &call);
  static Outcome modify_senders(Thread &t, Invocation &call);
  static Outcome set_segment_base(Thread &t, Invocation &call);
  static Outcome segment_info(Invocation &call);
  static Outcome gdt_x86(Thread &t, Invocation &call);

private:
  static u32 handler_index(Word selector);
  static void trigger_exception(Thread &t);
};

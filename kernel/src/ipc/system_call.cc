// SPDX-License-Identifier: MIT
// First stage of the system call (abi/kernel-entry.md sections 1 and 2).
//
// This file is compiled so that it leaves r9 and r10 alone (kernel/Makefile): a system call that ends here
// stores only what it changes. Hence nothing here may call a function that is not inline; the build
// checks it.
#include "ipc/system_call.h"

#include "ipc/entry.h"
#include "obj/ipc_gate.h"
#include "obj/task.h"
#include "obj/thread_ops.h"
#include "sched/cpu.h"

/// Operations that only look something up: answered at once, or Fail for the general way.
[[gnu::always_inline]] inline Word System_call::quick_operation(Thread &self, Cap cap,
                                                                Kobject::Type type, Word tag)
{
  i64 protocol = i64(tag) >> 16;
  if (type == Kobject::Type::Task && protocol == Proto::Task) {
    Utcb &utcb = self.utcb();
    if ((tag & 0xfff) != 2 || utcb.read_mr(0) != Task::Op_cap_info) return Fail;
    return reply_tag(static_cast<Task *>(cap.object)->cap_valid(utcb.read_mr(1))).raw();
  }
  if (type == Kobject::Type::Thread && protocol == Proto::Thread) {
    auto &thread = static_cast<Thread &>(*cap.object);
    Utcb &utcb = self.utcb();
    bool query = (tag & 63) >= 6 && utcb.read_mr(0) == 0 && (cap.flags & Cap_slot::S);
    if (!query || thread._cpu != self._cpu) return Fail;
    Thread_ops::tell_handlers(thread, utcb);
    return reply_tag(0, 3).raw();
  }
  return Fail;
}

/// A look whether there is a message, without time to wait, when there is none.
[[gnu::always_inline]] inline Word System_call::quick_receive(Thread &self, unsigned op, Word tag)
{
  constexpr unsigned From_self = Selector::Invalid_bit | Op::Receive;
  bool open = op == (From_self | Op::Open_wait);
  bool possible = (op == From_self || (open && self._senders.is_empty())) && !self._extension;
  if (!possible || !Timeout_pair(self.frame().r8).receive().is_zero()) return Fail;
  if (Cpu::self().ready.best_prio() >= self.prio()) return Fail; // somebody may want the CPU
  self.utcb().error = Word(Ipc_error::Receive_timeout);
  return tag | Msg_tag::Error;
}

[[gnu::always_inline]] inline Word System_call::begin(Thread &self, Word tag, Word selector)
{
  constexpr unsigned Call = Op::Send | Op::Receive;
  constexpr unsigned Answer = Selector::Invalid_bit | Op::Mask; // bit 10 tells nothing more
  unsigned op = selector & (Selector::Special_bits | Op::Mask);
  if (op == Call) {
    Word entry = self._task->obj().entry_of(selector);
    Cap cap = Cap_slot::decode(entry);
    if (!cap) {
      self.utcb().error = Word(Ipc_error::Not_existent);
      return Msg_tag::Error;
    }
    Kobject::Type type = cap.object->type();
    if (type != Kobject::Type::Ipc_gate) {
      Word result = quick_operation(self, cap, type, tag);
      if (result != Fail) return result;
    }
    self._selector = selector;
    if (type <= Kobject::Type::Ipc_gate) return enter_call(&self, tag, entry);
    if (type == Kobject::Type::Task) return enter_task(&self, tag, entry);
  } else if ((op & Answer) == Answer) {
    self._selector = selector;
    return enter_reply(&self, tag, selector);
  } else {
    Word result = quick_receive(self, op, tag);
    if (result != Fail) return result;
  }
  return enter_general(&self, tag, selector);
}

extern "C" [[gnu::section(".text.hot.begin")]] Word sys_invoke(Thread *self, Word tag, Word selector)
{
  if constexpr (!Ipc::Has_fast_path) return enter_general(self, tag, selector);
  return System_call::begin(*self, tag, selector);
}

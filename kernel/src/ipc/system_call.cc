// SPDX-License-Identifier: MIT
// First stage of the system call (abi/kernel-entry.md sections 1 and 2).
//
// This file is compiled so that it leaves r9 and r10 alone (kernel/Makefile): a system call that ends here
// stores only what it changes. Hence nothing here may call a function that is not inline; the build
// checks it.
#include "ipc/system_call.h"

#include "ipc/entry.h"
#include "jdb/hooks.h"
#include "obj/ipc_gate.h"
#include "obj/task.h"

/// Operations that only look something up: answered at once.
[[gnu::always_inline]] inline Word System_call::quick_operation(Thread &self, Word tag, Word selector, Word entry,
                                               Kobject::Type type)
{
  i64 protocol = i64(tag) >> 16;
  Cap cap = Cap_slot::decode(entry);
  if (type == Kobject::Type::Task && protocol == Proto::Task) {
    Utcb &utcb = self.utcb();
    if ((tag & 0xfff) != 2 || utcb.read_mr(0) != Task::Op_cap_info)
      return enter_task(&self, tag, selector, entry);
    return reply_tag(static_cast<Task *>(cap.object)->cap_valid(utcb.read_mr(1))).raw();
  }
  if (type == Kobject::Type::Thread && protocol == Proto::Thread) {
    auto &thread = static_cast<Thread &>(*cap.object);
    Utcb &utcb = self.utcb();
    bool query = (tag & 63) >= 6 && utcb.read_mr(0) == 0 && (cap.flags & Cap_slot::S);
    if (!query || thread._cpu != self._cpu) return enter_object(&self, tag, selector, entry);
    thread.tell_handlers(utcb);
    return reply_tag(0, 3).raw();
  }
  if (type > Kobject::Type::Ipc_gate) return enter_object(&self, tag, selector, entry);
  return enter_general(&self, tag, selector);
}

/// A send: triggers of IRQ objects have a way of their own.
[[gnu::always_inline]] inline Word System_call::send(Thread &self, Word tag, Word selector)
{
  Word entry = self._task->obj().entry_of(selector);
  Cap cap = Cap_slot::decode(entry);
  Kobject::Type type = cap ? cap.object->type() : Kobject::Type::Dead;
  if (type <= Kobject::Type::Ipc_gate) return enter_general(&self, tag, selector);
  if (type != Kobject::Type::Irq || tag != Trigger) return enter_object(&self, tag, selector, entry);
  arch::store_untouched(self.frame().r9, self.frame().r10);
  return sys_trigger(&self, tag, selector, entry);
}

/// A look whether there is a message, without time to wait, when there is none.
[[gnu::always_inline]] inline Word System_call::quick_receive(Thread &self, Word tag, Word selector, unsigned op)
{
  constexpr unsigned From_self = Selector::Invalid_bit | Op::Receive;
  bool open = op == (From_self | Op::Open_wait);
  bool possible = (op == From_self || (open && self._senders.is_empty())) && !self._extension;
  bool at_once = Timeout_pair(self.frame().r8).receive().is_zero();
  bool contended = Cpu::self().ready.best_prio() >= self.prio();
  if (!possible || !at_once || contended) return enter_general(&self, tag, selector);
  self.utcb().error = Word(Ipc_error::Receive_timeout);
  return tag | Msg_tag::Error;
}

[[gnu::always_inline]] inline Word System_call::begin(Thread &self, Word tag, Word selector)
{
  constexpr unsigned Call = Op::Send | Op::Receive;
  constexpr unsigned Answer = Selector::Invalid_bit | Op::Mask; // bit 10 tells nothing more
  unsigned op = selector & (Selector::Special_bits | Op::Mask);
  if (op != Call) {
    if ((op & Answer) == Answer) {
      arch::store_untouched(self.frame().r9, self.frame().r10);
      return sys_reply(&self, tag, selector);
    }
    return op == Op::Send ? send(self, tag, selector) : quick_receive(self, tag, selector, op);
  }

  Word entry = self._task->obj().entry_of(selector);
  Cap cap = Cap_slot::decode(entry);
  if (!cap) {
    self.utcb().error = Word(Ipc_error::Not_existent);
    return Msg_tag::Error;
  }
  Kobject::Type type = cap.object->type();
  bool is_kernels = i64(tag) < 0; // as the protocols for objects of the kernel are
  if (type == Kobject::Type::Ipc_gate && !(is_kernels && i64(tag) >> 16 == Proto::Kobject)) {
    arch::store_untouched(self.frame().r9, self.frame().r10);
    return sys_call_gate(&self, tag, selector, entry);
  }
  if (type == Kobject::Type::Thread && !(is_kernels && i64(tag) >> 16 == Proto::Thread)) {
    arch::store_untouched(self.frame().r9, self.frame().r10);
    return sys_call_thread(&self, tag, selector, entry);
  }
  return quick_operation(self, tag, selector, entry, type);
}

extern "C" [[gnu::section(".text.hot.begin")]] Word sys_invoke(Thread *self, Word tag, Word selector)
{
  if constexpr (!Ipc::Has_fast_path) return enter_general(self, tag, selector);
  if constexpr (Debug_kernel) // shortcuts explain nothing
    if (jdb::watches) return enter_general(self, tag, selector);
  return System_call::begin(*self, tag, selector);
}

// SPDX-License-Identifier: MIT
// First stage of system calls that only send or only wait (abi/kernel-entry.md sections 1 and 2).
//
// This file is compiled so that it leaves r9 and r10 alone (kernel/Makefile): a system call that ends here
// stores only what it changes. Hence nothing here may call a function that is not inline; the build
// checks it.
#include "ipc/system_call.h"

#include "ipc/entry.h"
#include "jdb/hooks.h"
#include "obj/ipc_gate.h"
#include "obj/task.h"

/// A send: triggers of IRQ objects have a way of their own.
[[gnu::always_inline]] inline Word System_call::send(Thread &self, Word tag, Word selector)
{
  Word entry = self._task->obj().entry_of(selector);
  Cap cap = Cap_slot::decode(entry);
  Kobject::Type type = cap ? cap.object->type() : Kobject::Type::Dead;
  if (type <= Kobject::Type::Ipc_gate) return enter_general(&self, tag, selector);
  if (type != Kobject::Type::Irq || tag != Trigger) return enter_object(&self, tag, selector, entry);
  return enter_trigger(&self, tag, selector, entry);
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

extern "C" [[gnu::section(".text.hot.begin")]] Word sys_other(Thread *self, Word tag, Word selector)
{
  if constexpr (!Ipc::Has_fast_path) return enter_general(self, tag, selector);
  if constexpr (Debug_kernel) // shortcuts explain nothing
    if (jdb::watches) return enter_general(self, tag, selector);
  unsigned op = selector & (Selector::Special_bits | Op::Mask);
  return op == Op::Send ? System_call::send(*self, tag, selector)
                        : System_call::quick_receive(*self, tag, selector, op);
}

// SPDX-License-Identifier: MIT
// What the short ways of messages share, inline in each of them.
#pragma once

#include "ipc/system_call.h"
#include "obj/ipc_gate.h"
#include "sched/cpu.h"

/// Whether `partner` waits on this CPU, for ever, in the named way, and nobody better is ready.
inline bool System_call::can_run(Thread const &partner, u64 how)
{
  return partner.receive_status() == how && partner.prio() >= Cpu::self().ready.best_prio();
}

/// Who gets a message through `cap`, with which label; nobody if it is for the kernel.
inline System_call::Destination System_call::destination(Thread &self, Cap cap, i64 protocol)
{
  Kobject::Type type = cap.object->type();
  if (type == Kobject::Type::Ipc_gate && protocol != Proto::Kobject) {
    auto &gate = static_cast<Ipc_gate &>(*cap.object);
    return {gate.thread(), gate.label() | (cap.flags & (Cap_slot::W | Cap_slot::S))};
  }
  if (type == Kobject::Type::Thread && protocol != Proto::Thread)
    return {static_cast<Thread *>(cap.object), self.frame().rsi};
  return {};
}

/// One instruction per word, and no call for short messages.
inline void copy_message(Word *to, Word const *from, Word words)
{
  if (words) asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

/// `self` waits from now on; `partner` has the message.
inline Thread *System_call::hand_over(Thread &self, Thread &partner, Word label, Word tag)
{
  copy_message(partner.utcb().mr, self.utcb().mr, tag & 63);
  self._call.tag = Msg_tag(tag);
  self._state = Thread::State::Receiving;
  partner.frame().rax = tag;
  partner.frame().rsi = label;
  partner._state = Thread::State::Ready;
  Cpu::self().account(self, partner);
  return arch::switch_from_system_call(&self, &partner);
}

/// Whether a call with this tag can go to its destination at once, as far as items allow it.
inline bool System_call::can_call(Thread &self, Destination to, Word tag)
{
  return !(tag & Unusual) && u16(self.frame().r8) == 0 && to.thread &&
         can_run(*to.thread, Cpu::self().open_receiver) && !to.thread->_implicit_reply.caller();
}

inline Thread *System_call::pass_call(Thread &self, Destination to, Cap cap, Word tag)
{
  self._wait = Thread::Wait::Closed;
  self._partner_id = to.thread->id();
  to.thread->_implicit_reply.put_in_empty(self, cap.flags);
  return hand_over(self, *to.thread, to.label, tag);
}

/// The same for an answer to `caller`, which must wait in the named way, with an open wait behind it.
inline bool System_call::can_reply(Thread &self, Thread *caller, Word tag, u64 how)
{
  return !(tag & Unusual) && u16(self.frame().r8) == 0 && caller &&
         caller->_partner_id == self.id() && self._senders.is_empty() && can_run(*caller, how);
}

/// `self` has answered, and waits for anyone from now on.
inline void System_call::begin_open_wait(Thread &self)
{
  self._wait = Thread::Wait::Open;
  self._partner_id = 0;
  self._explicit_slot = nullptr;
  self._implicit_reply.take();
}

inline Thread *System_call::pass_reply(Thread &self, Thread &caller, Word tag)
{
  begin_open_wait(self);
  return hand_over(self, caller, self.frame().rsi, tag);
}

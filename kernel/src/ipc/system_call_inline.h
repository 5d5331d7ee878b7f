// SPDX-License-Identifier: MIT
// What the short ways of messages share. All of it is inline in functions that end in another thread or
// in a later stage by a jump: at that point the user's callee-saved registers must be live again.
#pragma once

#include "ipc/system_call.h"
#include "sched/cpu.h"

/// One instruction per word, and no call for short messages.
[[gnu::always_inline]] inline void copy_message(Word *to, Word const *from, Word words)
{
  if (words) asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

/// No flags, and a receive phase that lasts for ever.
[[gnu::always_inline]] inline bool System_call::is_usual(Thread &self, Word tag)
{
  return !(tag & Unusual) && u16(self.frame().r8) == 0;
}

/// Whether `partner` waits on this CPU, for ever, in the named way, and nobody better is ready.
template <Word Way> [[gnu::always_inline]] inline bool System_call::can_run(Thread const &partner)
{
  return partner.receive_status() == arch::cpu_field<u64, Way>() &&
         partner.prio() >= arch::cpu_field<Prio, offsetof(Cpu, ready)>();
}

/// `self` waits from now on; `partner` has the message.
[[gnu::always_inline]] inline Word System_call::hand_over(Thread &self, Thread &partner, Word label, Word tag)
{
  copy_message(partner.utcb().mr, self.utcb().mr, tag & 63);
  self._call.tag = Msg_tag(tag);
  self._state = Thread::State::Receiving;
  partner._state = Thread::State::Ready;
  Cpu::self().account(self, partner);
  return arch::switch_with_message(&partner, label, tag, &self);
}

/// Whether a call can go to `partner` (null: nobody) at once, as far as items allow it.
[[gnu::always_inline]] inline bool System_call::can_call(Thread &self, Word tag, Thread *partner)
{
  return is_usual(self, tag) && partner && can_run<offsetof(Cpu, open_receiver)>(*partner) &&
         !partner->_implicit_reply.caller();
}

[[gnu::always_inline]] inline Word System_call::pass_call(Thread &self, Word tag, Thread &partner,
                                                          Word label, u8 rights)
{
  self._wait = Thread::Wait::Closed;
  self._partner_id = partner.id();
  partner._implicit_reply.put_in_empty(self, rights);
  return hand_over(self, partner, label, tag);
}

/// The same for an answer to `caller`, with an open wait behind it.
[[gnu::always_inline]] inline bool System_call::can_reply(Thread &self, Word tag, Thread *caller)
{
  return is_usual(self, tag) && caller && can_run<offsetof(Cpu, closed_receiver)>(*caller) &&
         self._senders.is_empty();
}

/// `self` has answered, and waits for anyone from now on.
[[gnu::always_inline]] inline void System_call::begin_open_wait(Thread &self)
{
  self._wait = Thread::Wait::Open;
  self._partner_id = 0;
  self._implicit_reply.take();
}

[[gnu::always_inline]] inline Word System_call::pass_reply(Thread &self, Word tag, Thread &caller)
{
  begin_open_wait(self);
  return hand_over(self, caller, self.frame().rsi, tag);
}

// SPDX-License-Identifier: MIT
// The common messages in one go: a call, or an answer with an open wait, without typed items, to a
// partner that waits for exactly this on the same CPU and may run at once. Nothing is queued, no
// lock is taken. Every condition that does not hold leaves the state untouched for Ipc::invoke().
#include "ipc/entry.h"
#include "ipc/system_call.h"
#include "obj/ipc_gate.h"
#include "obj/irq.h"
#include "sched/cpu.h"

namespace {

/// One instruction per word, and no call for short messages.
[[gnu::always_inline]] inline void copy_message(Word *to, Word const *from, Word words)
{
  if (words) asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

} // namespace

/// No items, no flags, and a receive phase that lasts for ever.
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

[[gnu::always_inline]] inline Word System_call::call(Thread &self, Word tag, Word selector, Thread *partner,
                                    Word label, u8 rights)
{
  bool possible = is_usual(self, tag) && partner && can_run<offsetof(Cpu, open_receiver)>(*partner) &&
                  !partner->_implicit_reply.caller();
  if (!possible) return repeat_general(&self, tag, selector);
  self._wait = Thread::Wait::Closed;
  self._partner_id = partner->id();
  partner->_implicit_reply.put_in_empty(self, rights);
  return hand_over(self, *partner, label, tag);
}

/// Whoever is in the implicit reply slot called `self`: as long as it stays there it waits for nobody else.
[[gnu::always_inline]] inline Word System_call::reply(Thread &self, Word tag, Word selector)
{
  Thread *caller = self._implicit_reply.caller();
  bool possible = is_usual(self, tag) && caller && can_run<offsetof(Cpu, closed_receiver)>(*caller) &&
                  self._senders.is_empty();
  if (!possible) return repeat_general(&self, tag, selector);
  self._wait = Thread::Wait::Open;
  self._partner_id = 0;
  self._implicit_reply.take();
  return hand_over(self, *caller, self.frame().rsi, tag);
}

/// Into an open wait, or a closed one for the object, of a thread that is better than the one that triggers.
[[gnu::always_inline]] inline Word System_call::trigger(Thread &self, Word tag, Word selector, Irq &irq)
{
  Thread *dest = irq.thread();
  Cpu &cpu = Cpu::self();
  bool possible = dest && !irq.is_queued() && dest->prio() > self.prio() &&
                  (can_run<offsetof(Cpu, open_receiver)>(*dest) ||
                   (can_run<offsetof(Cpu, closed_receiver)>(*dest) && dest->_partner_id == irq.id()));
  if (!possible) return repeat_general(&self, tag, selector);
  self.frame().rax = tag;
  dest->_state = Thread::State::Ready;
  cpu.preempt(self, *dest);
  return arch::switch_with_message(dest, irq.label(), 0, &self);
}

extern "C" [[gnu::section(".text.hot.trigger")]] Word sys_trigger(Thread *self, Word tag,
                                                                  Word selector, Word entry)
{
  auto &irq = static_cast<Irq &>(*Cap_slot::decode(entry).object);
  return System_call::trigger(*self, tag, selector, irq);
}

extern "C" [[gnu::section(".text.hot.call_gate")]] Word sys_call_gate(Thread *self, Word tag,
                                                                      Word selector, Word entry)
{
  Cap cap = Cap_slot::decode(entry);
  auto &gate = static_cast<Ipc_gate &>(*cap.object);
  Word label = gate.label() | (entry & (Cap_slot::W | Cap_slot::S));
  return System_call::call(*self, tag, selector, gate.thread(), label, cap.flags);
}

extern "C" [[gnu::section(".text.hot.call_thread")]] Word sys_call_thread(Thread *self, Word tag,
                                                                          Word selector, Word entry)
{
  Cap cap = Cap_slot::decode(entry);
  auto *partner = static_cast<Thread *>(cap.object);
  return System_call::call(*self, tag, selector, partner, self->frame().rsi, cap.flags);
}

extern "C" [[gnu::section(".text.hot.reply")]] Word sys_reply(Thread *self, Word tag, Word selector)
{
  return System_call::reply(*self, tag, selector);
}

// SPDX-License-Identifier: MIT
// The common messages in one go: a call, or an answer with an open wait, without typed items, to a
// partner that waits for exactly this on the same CPU and may run at once. Nothing is queued, no
// lock is taken. Every condition that does not hold leaves the state untouched for sys_general().
#include "ipc/entry.h"
#include "ipc/system_call.h"
#include "obj/ipc_gate.h"
#include "obj/irq.h"

[[gnu::always_inline]] inline Word System_call::call(Thread &self, Word tag, Word selector, Word entry,
                                                     Thread *partner, Word label)
{
  if (tag & Items || !can_call(self, tag, partner)) [[unlikely]]
    return call_with_page(self, tag, selector, entry, partner, label);
  begin_closed_wait(self, *partner, Cap_slot::decode(entry).flags);
  return deliver(self, *partner, label, tag);
}

/// Whoever is in the implicit reply slot called `self`: as long as it stays there it waits for nobody else.
[[gnu::always_inline]] inline Word System_call::reply(Thread &self, Word tag, Word selector)
{
  Thread *caller = self._implicit_reply.caller();
  if (tag & Items || !can_reply(self, tag, caller)) [[unlikely]]
    return reply_with_page(self, tag, selector, caller);
  begin_open_wait(self);
  return deliver(self, *caller, self.frame().rsi, tag);
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
  return System_call::call(*self, tag, selector, entry, gate.thread(), gate.label_through(cap));
}

extern "C" [[gnu::section(".text.hot.call_thread")]] Word sys_call_thread(Thread *self, Word tag,
                                                                          Word selector, Word entry)
{
  auto *partner = static_cast<Thread *>(Cap_slot::decode(entry).object);
  return System_call::call(*self, tag, selector, entry, partner, self->frame().rsi);
}

extern "C" [[gnu::section(".text.hot.reply")]] Word sys_reply(Thread *self, Word tag, Word selector)
{
  return System_call::reply(*self, tag, selector);
}

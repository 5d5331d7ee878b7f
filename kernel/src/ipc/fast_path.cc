// SPDX-License-Identifier: MIT
// The common messages in one go: a call, or an answer with an open wait, without typed items, to a
// partner that waits for exactly this on the same CPU and may run at once. Nothing is queued, no
// lock is taken. Every condition that does not hold leaves the state untouched for Ipc::invoke().
#include "ipc/entry.h"
#include "ipc/system_call.h"
#include "obj/ipc_gate.h"
#include "sched/cpu.h"

namespace {

/// What makes a message an unusual one.
constexpr Word Unusual = 0xfc0 | Msg_tag::Transfer_fpu | Msg_tag::Schedule | Msg_tag::Error;

/// One instruction per word, and no call for short messages.
inline void copy_message(Word *to, Word const *from, Word words)
{
  if (words) asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

} // namespace

/// Whether `partner` waits on this CPU, for ever, in the named way, and nobody better is ready.
inline bool System_call::can_run(Thread const &partner, u64 how)
{
  return partner.receive_status() == how && partner.prio() >= Cpu::self().ready.best_prio();
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

inline Thread *System_call::call(Thread &self, Word tag, Word entry)
{
  Cap cap = Cap_slot::decode(entry);
  Destination to = destination(self, cap, i64(tag) >> 16);
  bool possible = !(tag & Unusual) && u16(self.frame().r8) == 0 && to.thread &&
                  can_run(*to.thread, Cpu::self().open_receiver) &&
                  !to.thread->_implicit_reply.caller();
  if (!possible) return Ipc::invoke(self, tag, self._selector);

  self._wait = Thread::Wait::Closed;
  self._partner_id = to.thread->id();
  to.thread->_implicit_reply.put_in_empty(self, cap.flags);
  return hand_over(self, *to.thread, to.label, tag);
}

inline Thread *System_call::reply(Thread &self, Word tag, Word selector)
{
  Thread *caller = self._implicit_reply.caller();
  bool possible = !(tag & Unusual) && u16(self.frame().r8) == 0 && caller &&
                  caller->_partner_id == self.id() && self._senders.is_empty() &&
                  can_run(*caller, Cpu::self().closed_receiver);
  if (!possible) return Ipc::invoke(self, tag, selector);

  self._wait = Thread::Wait::Open;
  self._partner_id = 0;
  self._explicit_slot = nullptr;
  self._implicit_reply.take();
  return hand_over(self, *caller, self.frame().rsi, tag);
}

extern "C" [[gnu::section(".text.hot.call")]] Thread *sys_call(Thread *self, Word tag, Word cap)
{
  return System_call::call(*self, tag, cap);
}

extern "C" [[gnu::section(".text.hot.reply")]] Thread *sys_reply(Thread *self, Word tag,
                                                                 Word selector)
{
  return System_call::reply(*self, tag, selector);
}

extern "C" Thread *sys_general(Thread *self, Word tag, Word selector)
{
  return Ipc::invoke(*self, tag, selector);
}

// SPDX-License-Identifier: MIT
// The one system call (abi/kernel-entry.md sections 1 and 2): resolve the selector, then IPC to a
// thread or an operation on a kernel object.
#include "ipc/fault.h"
#include "ipc/ipc.h"
#include "jdb/explain.h"
#include "jdb/hooks.h"
#include "jdb/trace.h"
#include "obj/ipc_gate.h"
#include "obj/irq.h"
#include "obj/task.h"
#include "sched/cpu.h"

#include "ipc/entry.h"

namespace {

constexpr Word Invalid_bit = 0x800, Reply_bit = 0x400, Special_bits = Invalid_bit | Reply_bit;

/// A system call after its selector was resolved.
struct Target {
  Kobject *object = nullptr;
  u8 rights = 0;
  bool is_reply = false;
};

bool is_explicit_reply(Word selector)
{
  return (selector & Special_bits) == Reply_bit;
}

/// The thread in the reply slot that the selector names; the slot is empty afterwards.
Target take_caller(Thread &self, Word selector)
{
  Reply_slot *slot = &self.implicit_reply();
  if (is_explicit_reply(selector)) slot = self.task()->reply_slot(selector >> 12, false);
  if (!slot) return {};
  u8 rights = slot->rights();
  return {slot->take(), rights, true};
}

/// One instruction per word, and no call for short messages.
inline void copy_message(Word *to, Word const *from, Word words)
{
  if (words) asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

Target resolve(Thread &self, Word selector)
{
  if (selector & Op::Reply) return take_caller(self, selector);
  if (selector & Special_bits) return {&self, Cap_slot::W | Cap_slot::S, false};
  Cap cap = self.task()->obj().lookup(Cap_index(selector >> 12));
  return {cap.object, cap.flags, false};
}

/// An answer of a kernel object, delivered as the operation bits ask for it.
Thread *conclude(Thread &self, Outcome outcome, u8 op, Msg_tag tag, Kobject *object)
{
  switch (outcome.kind()) {
  case Outcome::Kind::Reply:
    return Ipc::finish(self, op & Op::Receive ? outcome.tag() : tag);
  case Outcome::Kind::Error:
    return Ipc::fail(self, outcome.error(), outcome.site());
  case Outcome::Kind::Switched:
    return outcome.next();
  case Outcome::Kind::Again:
    self.set_continuation(Ipc::continue_operation);
    return nullptr;
  case Outcome::Kind::Hold:
    return Ipc::repeat_holding(self);
  case Outcome::Kind::No_reply:
    break;
  }
  if (!(op & Op::Receive)) return Ipc::finish(self, tag);
  return Ipc::receive(self, Ipc::wait_partner(self, op, object));
}

Thread *invoke_object(Thread &self, Target target, u8 op, Msg_tag tag, Timeout_pair timeouts)
{
  Invocation invocation{self, self.utcb(), tag, timeouts, target.rights, op, self.is_repeating()};
  bool executes = (op & Op::Send) || target.object->type() == Kobject::Type::Task ||
                  target.object->type() == Kobject::Type::Vm;
  Outcome outcome = executes ? target.object->invoke(invocation) : Outcome::no_reply();
  if constexpr (Debug_kernel) jdb::explain(invocation, *target.object, outcome);
  return conclude(self, outcome, op, tag, target.object);
}

Thread *invoke_thread(Thread &self, Thread &dest, Target target, u8 op, Msg_tag tag,
                      Timeout_pair timeouts, Word label)
{
  bool kernel_operation = tag.label() == Proto::Thread && (op & Op::Send) && !target.is_reply;
  if (kernel_operation && !Ipc::reaches_links(dest)) return Ipc::repeat_holding(self);
  if (kernel_operation) return invoke_object(self, target, op, tag, timeouts);
  if (op & Op::Send) return Ipc::send(self, dest, label);
  return Ipc::receive(self, op & Op::Open_wait ? nullptr : &dest);
}

Thread *invoke_gate(Thread &self, Ipc_gate &gate, Target target, u8 op, Msg_tag tag,
                    Timeout_pair timeouts)
{
  bool kernel_operation =
      tag.label() == Proto::Kobject && (op & Op::Send) && (target.rights & Cap_slot::Server);
  if (kernel_operation) return invoke_object(self, target, op, tag, timeouts);
  Thread *dest = gate.thread();
  if (!dest) {
    if (gate.is_orphaned()) return Ipc::fail(self, Ipc_error::Not_existent);
    return gate.wait_until_bound(self, timeouts.send());
  }
  if (op & Op::Send)
    return Ipc::send(self, *dest, gate.label() | (target.rights & (Cap_slot::W | Cap_slot::S)));
  return Ipc::receive(self, op & Op::Open_wait ? nullptr : dest);
}

} // namespace

Sender *Ipc::wait_partner(Thread &self, u8 op, Kobject *object)
{
  if (op & Op::Open_wait) return nullptr;
  if (object && object->type() == Kobject::Type::Irq) return static_cast<Irq *>(object);
  return &self;
}

/// After Outcome::again(): the operation finds out from Invocation::repeated.
Thread *Ipc::continue_operation(Thread &self)
{
  self._repeating = true;
  Thread *next = repeat_system_call(self);
  self._repeating = false;
  return next;
}

Thread *Ipc::repeat_system_call(Thread &self)
{
  Msg_tag tag = self._call.tag;
  return execute(self, self._resume_selector & Op::Mask, tag, self._call.timeouts,
                 self._resume_selector);
}

/// The common case in one go: a call, or a reply with an open wait, without typed items, to a
/// partner that waits for exactly this on the same CPU and may run at once. Nothing is queued, no
/// lock is taken. Every condition that does not hold leaves the state untouched for the slow path.
extern "C" [[gnu::section(".text.hot.invoke")]] Thread *
sys_invoke(Thread *current, Word label, Word selector, Word tag_word, Word timeout)
{
  Thread &self = *current;
  Cpu &cpu = Cpu::self();
  constexpr Word Plain = 0xfc0 | Msg_tag::Transfer_fpu | Msg_tag::Schedule | Msg_tag::Error;
  unsigned op = selector & (Special_bits | Op::Mask);
  self.frame().rsi = label;
  jdb::trace(jdb::Trace::Ipc, current, selector, tag_word, label, timeout);
  if constexpr (!Ipc::Has_fast_path) return Ipc::invoke(self, label, selector, tag_word, timeout);

  Thread *partner;
  u8 rights = 0;
  bool is_call = op == (Op::Send | Op::Receive);
  if (u16(timeout) != 0 || (tag_word & Plain)) goto slow; // waits for ever
  if (is_call) {
    Cap cap = self._task->obj().lookup_raw(Cap_index(selector >> 12));
    if (!cap) goto slow;
    rights = cap.flags;
    i64 protocol = i64(tag_word) >> 16;
    if (cap.object->type() == Kobject::Type::Ipc_gate) {
      auto &gate = static_cast<Ipc_gate &>(*cap.object);
      partner = gate.thread();
      if (!partner || protocol == Proto::Kobject) goto slow;
      label = gate.label() | (rights & (Cap_slot::W | Cap_slot::S));
    } else if (cap.object->type() == Kobject::Type::Thread && protocol != Proto::Thread) {
      partner = static_cast<Thread *>(cap.object);
    } else {
      goto slow;
    }
  } else if ((op & Op::Mask) == Op::Mask && !is_explicit_reply(selector)) {
    partner = self._implicit_reply.caller();
    if (!partner || partner->_partner_id != self.id() || !self._senders.is_empty()) goto slow;
  } else {
    goto slow;
  }
  if (partner->_cpu != cpu.id() || partner->_state != Thread::State::Receiving ||
      !partner->is_plain() || partner->_timeout.is_armed() ||
      partner->prio() < cpu.ready.best_prio())
    goto slow;
  if (is_call && (partner->_partner_id != 0 || partner->_wait_slot != &partner->_implicit_reply ||
                  partner->_implicit_reply.caller()))
    goto slow;

  copy_message(partner->utcb().mr, self.utcb().mr, tag_word & 63);
  self._call.tag = Msg_tag(tag_word);
  self._state = Thread::State::Receiving;
  if (is_call) {
    self._partner_id = partner->id();
    partner->_implicit_reply.put_in_empty(self, rights);
  } else {
    self._implicit_reply.take();
    self._partner_id = 0;
    self._wait_slot = &self._implicit_reply;
  }
  partner->frame().rax = tag_word;
  partner->frame().rsi = label;
  partner->_state = Thread::State::Ready;
  cpu.account(self);
  jdb::trace(jdb::Trace::Answer, partner, tag_word, 0, label);
  return partner;

slow:
  return Ipc::invoke(self, self.frame().rsi, selector, tag_word, timeout);
}

/// Everything the fast path leaves.
[[gnu::noinline]] Thread *Ipc::invoke(Thread &self, Word label, Word selector, Word tag_word,
                                      Word timeout)
{
  self.frame().rsi = label;
  self.set_label(label);
  return execute(self, selector & Op::Mask, Msg_tag(tag_word), Timeout_pair{timeout}, selector);
}

/// Whether the reply slot that the selector names can be used in this transaction, and the caller
/// in it answered: a slot must not be emptied for an answer that cannot be delivered.
bool Ipc::reaches_reply_slot(Thread &self, u8 op, Word selector)
{
  if (!(op & (Op::Reply | Op::Open_wait))) return true;
  if (is_explicit_reply(selector)) return Hold::is_exclusive();
  Thread *caller = self._implicit_reply.caller();
  return !(op & Op::Reply) || !caller || reaches_message(self, *caller);
}

/// A system call that may be executed: everything from the look-up of its selector on.
Thread *Ipc::execute(Thread &self, u8 op, Msg_tag tag, Timeout_pair timeouts, Word selector)
{
  Word label = self.label();
  self._call = {tag, timeouts, op, 0};
  self._resume_selector = selector;
  if (!reaches_reply_slot(self, op, selector)) return repeat_holding(self);
  Target target = resolve(self, selector);
  if (!target.object || !(op & (Op::Send | Op::Receive)))
    return Ipc::fail(self, Ipc_error::Not_existent); // nothing is there, or nothing was asked for
  if (!Ipc::prepare(self, target.rights)) return Ipc::fail(self, Ipc_error::No_reply_cap);

  switch (target.object->type()) {
  case Kobject::Type::Thread:
    return invoke_thread(self, static_cast<Thread &>(*target.object), target, op, tag, timeouts,
                         label);
  case Kobject::Type::Ipc_gate:
    return invoke_gate(self, static_cast<Ipc_gate &>(*target.object), target, op, tag, timeouts);
  default:
    return invoke_object(self, target, op, tag, timeouts);
  }
}

/// Note what later phases of this system call need. False: the explicit reply slot named for an
/// open wait cannot be used.
bool Ipc::prepare(Thread &self, u8 rights)
{
  Word selector = self._resume_selector;
  self._call.rights = rights;
  if (!self._call.receives() || !self._call.open()) return true;
  self._wait_slot = is_explicit_reply(selector) ? self.task()->reply_slot(selector >> 12, true)
                                                : &self._implicit_reply;
  return self._wait_slot != nullptr;
}

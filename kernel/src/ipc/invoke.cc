// SPDX-License-Identifier: MIT
// The one system call (abi/kernel-entry.md sections 1 and 2): resolve the selector, then IPC to a
// thread or an operation on a kernel object.
#include "ipc/entry.h"
#include "ipc/fault.h"
#include "ipc/system_call.h"
#include "jdb/explain.h"
#include "jdb/hooks.h"
#include "jdb/trace.h"
#include "obj/ipc_gate.h"
#include "obj/irq.h"
#include "obj/task.h"
#include "sched/cpu.h"

namespace {

/// A system call after its selector was resolved.
struct Target {
  Kobject *object = nullptr;
  u8 rights = 0;
  bool is_reply = false;
};

/// The thread in the reply slot that the selector names; the slot is empty afterwards.
Target take_caller(Thread &self, Word selector)
{
  Reply_slot *slot = &self.implicit_reply();
  if (Selector::is_explicit_reply(selector)) slot = self.task()->reply_slot(selector >> 12, false);
  if (!slot) return {};
  u8 rights = slot->rights();
  return {slot->take(), rights, true};
}

Target resolve(Thread &self, Word selector)
{
  if (selector & Op::Reply) return take_caller(self, selector);
  if (selector & Selector::Special_bits) return {&self, Cap_slot::W | Cap_slot::S, false};
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
  if (target.object->type() == Kobject::Type::Thread &&
      !Ipc::reaches_links(static_cast<Thread &>(*target.object)))
    return Ipc::repeat_holding(self);
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
    return Ipc::send(self, *dest, gate.label_through({&gate, target.rights}));
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
  return execute(self, self._selector & Op::Mask, tag, self._call.timeouts,
                 self._selector);
}

Thread *Ipc::invoke_kernel(Thread &self, Word tag, Word selector, Cap cap)
{
  self.set_label(self.frame().rsi);
  self._selector = selector;
  self._call = {Msg_tag(tag), Timeout_pair(self.frame().r8), u8(selector & Op::Mask), cap.flags};
  return invoke_object(self, {cap.object, cap.flags}, self._call.op, self._call.tag,
                       self._call.timeouts);
}

/// Everything that the first stage leaves.
[[gnu::noinline]] Thread *Ipc::invoke(Thread &self, Word tag, Word selector)
{
  jdb::trace(jdb::Trace::Ipc, &self, selector, tag, self.frame().rsi, self.frame().r8);
  self.set_label(self.frame().rsi);
  return execute(self, selector & Op::Mask, Msg_tag(tag), Timeout_pair{self.frame().r8}, selector);
}

/// Whether the reply slot that the selector names can be used in this transaction, and the caller
/// in it answered: a slot must not be emptied for an answer that cannot be delivered.
bool Ipc::reaches_reply_slot(Thread &self, u8 op, Word selector)
{
  if (!(op & (Op::Reply | Op::Open_wait))) return true;
  if (Selector::is_explicit_reply(selector)) return Hold::is_exclusive();
  Thread *caller = self._implicit_reply.caller();
  return !(op & Op::Reply) || !caller || reaches_message(self, *caller);
}

/// A system call that may be executed: everything from the look-up of its selector on.
Thread *Ipc::execute(Thread &self, u8 op, Msg_tag tag, Timeout_pair timeouts, Word selector)
{
  Word label = self.label();
  self._call = {tag, timeouts, op, 0};
  self._selector = selector;
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
  Word selector = self._selector;
  self._call.rights = rights;
  if (!self._call.receives() || !self._call.open()) return true;
  self._explicit_slot = nullptr;
  if (!Selector::is_explicit_reply(selector)) return true;
  self._explicit_slot = self.task()->reply_slot(selector >> 12, true);
  return self._explicit_slot != nullptr;
}

extern "C" Thread *sys_general(Thread *self, Word tag, Word selector)
{
  return Ipc::invoke(*self, tag, selector);
}

extern "C" Thread *sys_object(Thread *self, Word tag, Word selector, Word entry)
{
  return Ipc::invoke_kernel(*self, tag, selector, Cap_slot::decode(entry));
}

extern "C" Thread *sys_task(Thread *self, Word tag, Word selector, Word entry)
{
  if (System_call::pass_page_of_task(*self, tag, entry)) return self;
  if (System_call::unmap_capability(*self, tag, entry)) return Ipc::finish(*self, reply_tag(0, 3));
  return Ipc::invoke_kernel(*self, tag, selector, Cap_slot::decode(entry));
}

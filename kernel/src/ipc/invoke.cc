// SPDX-License-Identifier: MIT
// The one system call (abi/kernel-entry.md sections 1 and 2): resolve the selector, then IPC to a
// thread or an operation on a kernel object.
#include "ipc/entry.h"
#include "ipc/fault.h"
#include "ipc/system_call.h"
#include "jdb/explain.h"
#include "jdb/hooks.h"
#include "obj/ipc_gate.h"
#include "obj/irq.h"
#include "obj/task.h"
#include "sched/cpu.h"

namespace {

/// What the selector names. A thread in a reply slot comes with its rights; the slot is empty afterwards.
Cap resolve(Thread &self, Word selector)
{
  if (selector & Op::Reply) {
    Reply_slot *slot = &self.implicit_reply();
    if (Selector::is_explicit_reply(selector)) slot = self.task()->reply_slot(selector >> 12, false);
    if (!slot) return {};
    u8 rights = slot->rights();
    return {slot->take(), rights};
  }
  if (selector & Selector::Special_bits) return {&self, Cap_slot::W | Cap_slot::S};
  return self.task()->obj().lookup(Cap_index(selector >> 12));
}

/// Whether the kernel itself is spoken to through `cap`, to an object of this type.
bool is_for_kernel(Thread::Ipc_call const &call, Cap cap, Kobject::Type type)
{
  i64 protocol = call.op & Op::Send ? call.tag.label() : Proto::None;
  if (type == Kobject::Type::Thread) return protocol == Proto::Thread && !(call.op & Op::Reply);
  if (type == Kobject::Type::Ipc_gate)
    return protocol == Proto::Kobject && cap.flags & Cap_slot::Server;
  return true;
}

/// What is no answer of a kernel object, or an error.
[[gnu::noinline]] Thread *conclude(Thread &self, Outcome outcome, Kobject &object)
{
  Thread::Ipc_call const &call = self.call();
  switch (outcome.kind()) {
  case Outcome::Kind::Error: return Ipc::fail(self, outcome.error(), outcome.site());
  case Outcome::Kind::Switched: return outcome.next();
  case Outcome::Kind::Hold: return Ipc::repeat_holding(self);
  case Outcome::Kind::Again:
    self.set_continuation(Ipc::continue_operation);
    return nullptr;
  default: break;
  }
  if (!call.receives()) return Ipc::finish(self, call.tag);
  Sender *partner = object.type() == Kobject::Type::Irq ? static_cast<Irq *>(&object)
                                                        : static_cast<Sender *>(&self);
  return Ipc::receive(self, call.open() ? nullptr : partner);
}

/// `type` is the object's, read once: another CPU may kill it any time.
[[gnu::always_inline]] inline Thread *invoke_object(Thread &self, Cap cap, Kobject::Type type)
{
  using Type = Kobject::Type;
  if (type == Type::Thread) {
    if (!Ipc::reaches_links(static_cast<Thread &>(*cap.object))) return Ipc::repeat_holding(self);
    if (cap.object->is_dead()) return Ipc::fail(self, Ipc_error::Not_existent); // it was deleted meanwhile
  }
  auto const &[tag, timeouts, op, rights] = self.call();
  Invocation invocation{self, self.utcb(), tag, timeouts, cap.flags, op, self.is_repeating()};
  bool executes = (op & Op::Send) || type == Type::Task || type == Type::Vm;
  Outcome outcome = executes ? cap.object->invoke(invocation) : Outcome::no_reply();
  if constexpr (Debug_kernel) jdb::explain(invocation, *cap.object, outcome);
  if (outcome.kind() != Outcome::Kind::Reply) return conclude(self, outcome, *cap.object);
  return Ipc::finish(self, self.call().receives() ? outcome.tag() : tag);
}

} // namespace

Thread *Ipc::leave(Thread &self)
{
  Cpu &cpu = Cpu::self();
  if (!self.has_continuation()) {
    Thread::Continuation next = cpu.reclaimer.take_fresh() ? reclaim : Fault::pending(self);
    if (next) [[unlikely]]
      self.set_continuation(next);
  }
  bool stay = self.is_ready() && cpu.ready.best_prio() <= self.prio() && cpu.current == &self;
  return stay ? &self : nullptr;
}

/// Continuation of a system call that killed objects: bury them before it returns. The step may
/// wait to become the holder, and self may be moved or killed meanwhile.
Thread *Ipc::reclaim(Thread &self)
{
  Cpu &cpu = Cpu::self();
  self.set_continuation(reclaim);
  bool done = cpu.reclaimer.step();
  if (cpu.current != &self || !self.is_ready()) return nullptr;
  if (done) self.set_continuation(nullptr);
  return leave(self);
}

Thread *Ipc::finish(Thread &self, Msg_tag tag)
{
  self.frame().rax = tag.raw();
  return leave(self);
}

[[gnu::noinline]] Thread *Ipc::fail(Thread &self, Ipc_error error, [[maybe_unused]] Site site)
{
  if constexpr (Debug_kernel) jdb::explain(self, error, site);
  send_failed(self, error);
  return leave(self);
}

/// After Outcome::again(): the operation finds out from Invocation::repeated.
Thread *Ipc::continue_operation(Thread &self)
{
  self._repeating = true;
  Thread *next = execute(self);
  self._repeating = false;
  return next;
}

/// Whether the reply slot that the selector names can be used in this transaction, and the caller
/// in it answered: a slot must not be emptied for an answer that cannot be delivered.
bool Ipc::reaches_reply_slot(Thread &self)
{
  u8 op = self._call.op;
  if (!(op & (Op::Reply | Op::Open_wait))) return true;
  if (Selector::is_explicit_reply(selector_of(self))) return Hold::is_exclusive();
  Thread *caller = self._implicit_reply.caller();
  return !(op & Op::Reply) || !caller || reaches_message(self, *caller);
}

Thread *Ipc::pass(Thread &self, Cap cap)
{
  Kobject::Type type = cap.object->type();
  Thread *dest = nullptr;
  Word label = self.label();
  if (type == Kobject::Type::Thread) {
    dest = static_cast<Thread *>(cap.object);
  } else if (type == Kobject::Type::Ipc_gate) {
    auto &gate = static_cast<Ipc_gate &>(*cap.object);
    dest = gate.thread();
    label = gate.label_through(cap);
    if (!dest) return gate.wait_until_bound(self, self._call.timeouts.send());
  }
  if (!dest || dest->is_dead()) return fail(self, Ipc_error::Not_existent);
  if (Has_fast_path && self._message == Thread::Message::Page_fault)
    return System_call::send_page_fault(self, *dest, label);
  if (self._call.op & Op::Send) return send(self, *dest, label);
  return receive(self, self._call.open() ? nullptr : dest);
}

Thread *Ipc::execute(Thread &self)
{
  if (!reaches_reply_slot(self)) return repeat_holding(self);
  u8 op = self._call.op;
  Word selector = selector_of(self);
  Cap cap = resolve(self, selector);
  if (!cap || !(op & (Op::Send | Op::Receive)))
    return fail(self, Ipc_error::Not_existent); // nothing is there, or nothing was asked for
  // what later phases need
  self._call.rights = cap.flags;
  if (self._call.receives() && self._call.open()) {
    self._explicit_wait = Selector::is_explicit_reply(selector);
    if (self._explicit_wait && !self.task()->reply_slot(selector >> 12, true))
      return fail(self, Ipc_error::No_reply_cap);
  }

  Kobject::Type type = cap.object->type();
  return is_for_kernel(self._call, cap, type) ? invoke_object(self, cap, type) : pass(self, cap);
}

extern "C" Thread *sys_general(Thread *self, Word tag, Word selector)
{
  Ipc::begin(*self, tag, selector);
  return Ipc::execute(*self);
}

extern "C" Thread *sys_object(Thread *self, Word tag, Word selector, Word entry)
{
  Cap cap = Cap_slot::decode(entry);
  Kobject::Type type = cap.object->type();
  Ipc::begin(*self, tag, selector);
  return invoke_object(*self, cap, type);
}

extern "C" Thread *sys_task(Thread *self, Word tag, Word selector, Word entry)
{
  return System_call::task_operation(*self, tag, selector, entry);
}

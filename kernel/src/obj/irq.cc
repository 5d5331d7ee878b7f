// SPDX-License-Identifier: MIT
#include "obj/irq.h"

#include "ipc/ipc.h"
#include "obj/icu.h"
#include "obj/item_object.h"
#include "obj/operation.h"
#include "obj/thread.h"
#include "sched/cpu.h"

// ---- Irq_base ---------------------------------------------------------------------------------

void Irq_base::set_masked(bool masked, bool until_taken)
{
  _masked = masked;
  _masked_until_taken = until_taken;
  if (_chip) _chip->control(_pin, masked ? Irq_chip::Pin_op::Mask : Irq_chip::Pin_op::Unmask);
}

void Irq_base::leave_pin()
{
  if (_chip) _chip->release(*this);
}

bool Irq_base::is_level() const { return _chip->control(_pin, Irq_chip::Pin_op::Is_level); }

Outcome Irq_base::trigger_operation(Invocation &call, bool is_under_way)
{
  constexpr u16 Trigger = 2, Unmask = 4;
  u16 op = call.tag.words() ? u16(call.mr(0)) : Trigger;
  if (op == Trigger) return trigger() ? Outcome::no_reply() : Outcome::hold();
  if (op != Unmask) return Errno::No_sys; // neither trigger nor unmask
  if (!is_under_way) set_masked(false);
  return Outcome::no_reply();
}

bool Irq_base::stop()
{
  if (_deletion_of && !Hold::is_exclusive()) return false;
  leave_pin();
  if (_deletion_of) _deletion_of->forget_deletion_irq();
  return true;
}

// ---- Irq --------------------------------------------------------------------------------------

bool Irq::reaches_thread() const
{
  bool is_over = thread() && thread()->state() == Thread::State::Dead && !is_queued();
  return !thread() || is_over || Ipc::reaches_links(*thread());
}

[[gnu::noinline]] bool Irq::withdraw()
{
  if (!is_queued()) return false;
  queue()->dequeue(*this);
  return _pending = true;
}

bool Irq::stop()
{
  if (!reaches_thread() || !Irq_base::stop()) return false;
  if (is_queued()) withdraw();
  return true;
}

bool Irq::dismantle()
{
  detach();
  return true;
}

/// Only the thread's home can tell whether a message is still under way. A level-triggered pin is
/// masked until its handler says EOI. An edge pin only if it fires again before the message was
/// taken, so that a storm cannot keep the CPU busy.
bool Irq::trigger(bool by_pin)
{
  if (!reaches_thread()) return false;
  bool level = by_pin && is_level();
  if (level || (by_pin && is_queued())) set_masked(true, !level);
  if (is_queued()) return true; // merged with the message under way
  Thread *dest = thread();
  if (dest && dest->is_alive())
    Ipc::notify(*this, *dest);
  else
    _pending = true;
  return true;
}

Outcome Irq::op_bind(Invocation &call)
{
  Item<Thread> item(call, Cap_slot::S);
  if (!item) return item.error();
  if (!Hold::reaches_all()) return Outcome::hold();
  set_label(call.mr(1));
  if (thread() == &*item) return Outcome::ok();
  withdraw();
  attach(*item);
  if (_pending) {
    _pending = false;
    trigger();
    if (!is_queued()) taken();
  }
  return Outcome::ok();
}

Outcome Irq::op_detach(Invocation &)
{
  if (!Hold::reaches_all()) return Outcome::hold();
  if (!is_bound()) {
    detach(); // what is left of a dead thread
    return Errno::No_ent;
  }
  bool was_pending = withdraw();
  set_masked(true);
  detach();
  return reply_tag(was_pending ? 1 : 0);
}

Outcome Irq::invoke(Invocation &call)
{
  static constexpr Opcode Short{.bits = 0xffff, .without_words = -i64(Errno::Inval)};
  static constexpr Operation Operations[] = {{0x10, Cap_slot::S, at_least(2), by<&Irq::op_bind>}};
  static constexpr Operation Sender_operations[] = {
      {1, Cap_slot::S, any_words, by<&Irq::op_detach>}};
  switch (call.tag.label()) {
  case Proto::Irq: return trigger_operation(call, is_queued());
  case Proto::Kobject: return serve(Operations, Short, *this, call);
  case Proto::Irq_sender: return serve(Sender_operations, Short, *this, call);
  default: return call.tag.words() ? Errno::Bad_proto : Errno::Inval;
  }
}

// SPDX-License-Identifier: MIT
#include "obj/irq.h"

#include "ipc/ipc.h"
#include "mem/slab.h"
#include "obj/icu.h"
#include "obj/item_object.h"
#include "sched/cpu.h"

namespace {

enum Bind_op : u16 { Op_bind = 0x10 };
enum Sender_op : u16 { Op_detach = 1 };
enum Trigger_op : u16 { Op_trigger = 2, Op_eoi = 4 };

} // namespace

// ---- Irq_base ---------------------------------------------------------------------------------

void Irq_base::mask(bool until_taken)
{
  _masked = true;
  _masked_until_taken = until_taken;
  if (_chip) _chip->mask_pin(_pin);
}

void Irq_base::unmask()
{
  _masked = _masked_until_taken = false;
  if (_chip) _chip->unmask_pin(_pin);
}

void Irq_base::leave_pin()
{
  if (_chip) _chip->release(*this);
}

bool Irq_base::stop()
{
  if (_deletion_of && !Hold::is_exclusive()) return false;
  leave_pin();
  if (_deletion_of) _deletion_of->forget_deletion_irq();
  return true;
}

// ---- Irq --------------------------------------------------------------------------------------

Irq *Irq::create(Quota &quota)
{
  void *memory = Slab_of<Irq>::alloc(quota);
  return memory ? new (memory) Irq(quota) : nullptr;
}

void Irq::free()
{
  Quota &quota = this->quota();
  this->~Irq();
  Slab_of<Irq>::free(this, quota);
}

bool Irq::reaches_thread() const
{
  return !thread() || Ipc::reaches_links(*thread());
}

bool Irq::stop()
{
  if (!reaches_thread() || !Irq_base::stop()) return false;
  if (is_queued()) queue()->dequeue(*this);
  return true;
}

bool Irq::dismantle()
{
  detach();
  return true;
}

/// Only the thread's home can tell whether a message is still under way.
bool Irq::trigger()
{
  if (!reaches_thread()) return false;
  if (is_queued()) return true; // merged with the message under way
  Thread *dest = thread();
  if (dest && dest->is_alive())
    Ipc::notify(*this, *dest);
  else
    _pending = true;
  return true;
}

/// A level-triggered pin is masked until its handler says EOI. An edge pin only if it fires
/// again before the message was taken, so that a storm cannot keep the CPU busy.
bool Irq::pin_fired()
{
  if (!reaches_thread()) return false;
  bool level = chip()->is_level(pin());
  if (level || is_queued()) mask(!level);
  return trigger();
}

void Irq::withdraw()
{
  queue()->dequeue(*this);
  _pending = true;
}

Outcome Irq::op_bind(Invocation &call)
{
  if (call.tag.words() < 2) return Errno::Msg_too_short;
  if (!(call.rights & Cap_slot::S)) return Errno::Perm;
  auto item = item_object<Thread>(call, Kobject::Type::Thread);
  if (!item) return item.outcome();
  if (!(item.rights() & Cap_slot::S)) return Errno::Perm;

  if (!Hold::reaches_all()) return Outcome::hold();
  set_label(call.mr(1));
  if (thread() == &item.object()) return Outcome::ok();
  if (is_queued()) withdraw();
  attach(item.object());
  if (_pending) {
    _pending = false;
    trigger();
    if (!is_queued()) taken();
  }
  return Outcome::ok();
}

Outcome Irq::op_detach(Invocation &call)
{
  if (!(call.rights & Cap_slot::S)) return Errno::Perm;
  if (!Hold::reaches_all()) return Outcome::hold();
  if (!thread()) return Errno::No_ent;
  bool was_pending = is_queued();
  if (was_pending) withdraw();
  mask();
  detach();
  return reply_tag(was_pending ? 1 : 0);
}

Outcome Irq::invoke(Invocation &call)
{
  u16 op = call.tag.words() ? u16(call.mr(0)) : u16(Op_trigger);
  switch (call.tag.label()) {
  case Proto::Irq:
    if (op == Op_trigger) {
      if (!trigger()) return Outcome::hold();
    } else if (op != Op_eoi) {
      return Errno::No_sys;
    } else if (!is_queued()) {
      unmask();
    }
    return Outcome::no_reply(this);
  case Proto::Kobject:
    if (!call.tag.words()) return Errno::Inval;
    return op == Op_bind ? op_bind(call) : Errno::No_sys;
  case Proto::Irq_sender:
    if (!call.tag.words()) return Errno::Inval;
    return op == Op_detach ? op_detach(call) : Errno::No_sys;
  default:
    return call.tag.words() ? Errno::Bad_proto : Errno::Inval;
  }
}

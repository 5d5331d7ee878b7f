// SPDX-License-Identifier: MIT
#include "obj/ipc_gate.h"

#include "ipc/fault.h"
#include "ipc/ipc.h"
#include "mem/slab.h"
#include "obj/irq.h"
#include "obj/item_object.h"
#include "sched/cpu.h"

namespace {

enum Gate_op : Word {
  Op_dec_refcnt = 0,
  Op_bind = 0x10,
  Op_get_info = 0x11,
  Op_unbind = 0x80, ///< ours
  Op_state = 0x81,  ///< ours
};

/// Waiters woken in one step.
constexpr unsigned Wake_per_step = 16;

} // namespace

Ipc_gate *Ipc_gate::create(Quota &quota)
{
  void *memory = Slab_of<Ipc_gate>::alloc(quota);
  return memory ? new (memory) Ipc_gate(quota) : nullptr;
}

void Ipc_gate::free()
{
  Quota &quota = this->quota();
  this->~Ipc_gate();
  Slab_of<Ipc_gate>::free(this, quota);
}

/// From now on nobody gets through: the bound thread learns of it by its deletion IRQ.
/// Not before every CPU has finished what it sends through the gate.
bool Ipc_gate::stop()
{
  if (!thread()) return true;
  if (!Hold::reaches_all()) return false;
  return !thread()->deletion_irq() || thread()->deletion_irq()->trigger();
}

bool Ipc_gate::dismantle()
{
  detach();
  return wake_waiters(Wake_per_step);
}

/// Let waiting threads go: their system call is repeated, and finds the gate bound or gone.
bool Ipc_gate::wake_waiters(unsigned n)
{
  for (; n; --n) {
    Sender *waiter = _waiters.first();
    if (!waiter) return true;
    Ipc::repeat_later(static_cast<Thread &>(*waiter));
  }
  return _waiters.is_empty();
}

void Ipc_gate::bind(Thread &thread, Word label)
{
  _label = label;
  attach(thread);
}

[[gnu::noinline]] Thread *Ipc_gate::wait_until_bound(Thread &caller, Timeout timeout)
{
  Lock_guard guard(_waiters.lock());
  return Ipc::wait_in(_waiters, caller, Thread::State::Waiting_gate, timeout);
}

Outcome Ipc_gate::op_bind(Invocation &call)
{
  if (!(call.rights & Cap_slot::S)) return Errno::Perm;
  if (call.tag.words() < 2) return Errno::Msg_too_short;
  Word label = call.mr(1);
  if (label & 3) return Errno::Inval;
  auto item = item_object<Thread>(call, Kobject::Type::Thread);
  if (!item) return item.outcome();
  if (!(item.rights() & Cap_slot::S)) return Errno::Perm;

  if (!Hold::reaches_all()) return Outcome::hold(); // senders read thread and label together
  bind(item.object(), label);
  // binding again does no harm, so with very many waiters the call is simply repeated
  return wake_waiters(Wake_per_step) ? Outcome::ok() : Outcome::again();
}

/// For who starts a dead server again: callers wait for the next one instead of failing. Messages
/// queued at the old thread stay there.
Outcome Ipc_gate::op_unbind(Invocation &call)
{
  if (!(call.rights & Cap_slot::S)) return Errno::Perm;
  if (!Hold::reaches_all()) return Outcome::hold(); // senders read thread and label together
  forget();
  _label = 0;
  return Outcome::ok();
}

Outcome Ipc_gate::invoke(Invocation &call)
{
  if (call.tag.words() < 1) return Errno::Inval;
  switch (call.mr(0)) {
  case Op_bind:
    return op_bind(call);
  case Op_unbind:
    return op_unbind(call);
  case Op_state:
    return reply_tag(is_orphaned() ? 2 : thread() ? 1 : 0, 0);
  case Op_get_info:
    call.utcb.mr[0] = _label;
    return reply_tag(0, 1);
  case Op_dec_refcnt: {
    if (call.tag.words() != 2) return Errno::Inval;
    drop_cap_refs(call.mr(1));
    call.utcb.mr[0] = Word(i64(cap_refs()));
    return reply_tag(0, 1);
  }
  default:
    return Errno::No_sys;
  }
}

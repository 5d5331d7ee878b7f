// SPDX-License-Identifier: MIT
#include "obj/ipc_gate.h"

#include "ipc/fault.h"
#include "ipc/ipc.h"
#include "obj/irq.h"
#include "obj/item_object.h"
#include "obj/operation.h"
#include "sched/cpu.h"

/// From now on nobody gets through: the bound thread learns of it by its deletion IRQ.
/// Not before every CPU has finished what it sends through the gate.
bool Ipc_gate::stop()
{
  if (!thread() || !thread()->deletion_irq()) return true;
  if (!Hold::reaches_all()) return false;
  return !thread()->deletion_irq() || thread()->deletion_irq()->trigger();
}

bool Ipc_gate::dismantle()
{
  if (!_waiters.is_empty() && !wake_waiters()) return false;
  detach();
  return true;
}

/// Let waiting threads go: their system call is repeated, and finds the gate bound or gone.
[[gnu::noinline]] bool Ipc_gate::wake_waiters()
{
  return _waiters.drain([](Sender &waiter) { Ipc::repeat_later(static_cast<Thread &>(waiter)); });
}

void Ipc_gate::bind(Thread &thread, Word label)
{
  _label = label;
  attach(thread);
}

[[gnu::noinline]] Thread *Ipc_gate::wait_until_bound(Thread &caller, Timeout timeout)
{
  Lock_guard guard(_waiters);
  return Ipc::wait_in(_waiters, caller, Thread::State::Waiting_gate, timeout);
}

Outcome Ipc_gate::op_bind(Invocation &call)
{
  Word label = call.mr(1);
  if (label & 3) return Errno::Inval;
  Item<Thread> thread(call, Cap_slot::S);
  if (!thread) return thread.error();

  if (!Hold::reaches_all()) return Outcome::hold(); // senders read thread and label together
  bind(*thread, label);
  // binding again does no harm, so with very many waiters the call is simply repeated
  return wake_waiters() ? Outcome::ok() : Outcome::again();
}

/// For who starts a dead server again: callers wait for the next one instead of failing. Messages
/// queued at the old thread stay there.
Outcome Ipc_gate::op_unbind(Invocation &)
{
  if (!Hold::reaches_all()) return Outcome::hold(); // senders read thread and label together
  detach();
  _label = 0;
  return Outcome::ok();
}

/// For who starts servers: 0 unbound, 1 bound, 2 the bound thread has died.
Outcome Ipc_gate::op_state(Invocation &) { return reply_tag(is_bound() ? 1 : thread() ? 2 : 0, 0); }

Outcome Ipc_gate::op_get_info(Invocation &call)
{
  call.utcb.mr[0] = _label;
  return reply_tag(0, 1);
}

Outcome Ipc_gate::op_dec_refcnt(Invocation &call)
{
  drop_cap_refs(call.mr(1));
  call.utcb.mr[0] = Word(i64(cap_refs()));
  return reply_tag(0, 1);
}

Outcome Ipc_gate::invoke(Invocation &call)
{
  static constexpr Operation Operations[] = {
      {0x10, Cap_slot::S, at_least(2), by<&Ipc_gate::op_bind>},
      {0x11, 0, any_words, by<&Ipc_gate::op_get_info>},
      {0, 0, exactly(2), by<&Ipc_gate::op_dec_refcnt>},
      {0x80, Cap_slot::S, any_words, by<&Ipc_gate::op_unbind>}, // ours
      {0x81, 0, any_words, by<&Ipc_gate::op_state>},            // ours
  };
  return serve(Operations, {.without_words = -i64(Errno::Inval)}, *this, call);
}

// SPDX-License-Identifier: MIT
#include "obj/semaphore.h"

#include "ipc/ipc.h"
#include "mem/slab.h"
#include "obj/icu.h"
#include "sched/cpu.h"

namespace {

enum Op : u16 { Op_down = 0, Op_up = 2, Op_eoi = 4 };
constexpr unsigned Wake_per_step = 16;

} // namespace

Semaphore *Semaphore::create(Quota &quota)
{
  void *memory = Slab_of<Semaphore>::alloc(quota);
  return memory ? new (memory) Semaphore(quota) : nullptr;
}

void Semaphore::free()
{
  Quota &quota = this->quota();
  this->~Semaphore();
  Slab_of<Semaphore>::free(this, quota);
}

bool Semaphore::dismantle()
{
  for (unsigned n = Wake_per_step; n; --n) {
    Sender *waiter = _waiters.first();
    if (!waiter) return true;
    Ipc::receive_failed(static_cast<Thread &>(*waiter), Ipc_error::Not_existent);
  }
  return false;
}

/// The first waiter that this transaction owns, out of the queue; null if there is none and the
/// count went up. Otherwise `owner` is a waiter whose home has to be reached first.
Thread *Semaphore::take_waiter(Thread *&owner)
{
  Lock_guard guard(_waiters.lock());
  auto *waiter = static_cast<Thread *>(_waiters.first());
  owner = waiter && !Hold::has(*waiter) ? waiter : nullptr;
  if (owner) return nullptr;
  waiter ? _waiters.dequeue(*waiter) : void(++_count);
  return waiter;
}

/// A CPU is stopped with no lock held: it may be waiting for that lock.
bool Semaphore::trigger()
{
  Thread *owner;
  Thread *waiter = take_waiter(owner);
  while (owner) {
    if (!Hold::reaches(*owner)) return false;
    waiter = take_waiter(owner);
  }
  if (waiter) Ipc::wait_done(*waiter, reply_tag(0));
  return true;
}

bool Semaphore::pin_fired()
{
  if (chip()->is_level(pin())) mask();
  return trigger();
}

Outcome Semaphore::down(Invocation &call)
{
  if (!(call.rights & Cap_slot::S)) return Errno::Perm;
  call.utcb.error = 0;
  Lock_guard guard(_waiters.lock());
  if (_count) {
    --_count;
    return Outcome::ok();
  }
  return Outcome::switched(Ipc::wait_in(_waiters, call.caller, Thread::State::Waiting_semaphore,
                                        call.timeouts.receive()));
}

Outcome Semaphore::invoke(Invocation &call)
{
  switch (call.tag.label()) {
  case Proto::Semaphore:
    if (!call.tag.words()) return Errno::Inval;
    return u16(call.mr(0)) == Op_down ? down(call) : Errno::No_sys;
  case Proto::Irq: {
    u16 op = call.tag.words() ? u16(call.mr(0)) : u16(Op_up);
    if (op == Op_up) {
      if (!trigger()) return Outcome::hold();
    } else if (op == Op_eoi) {
      unmask();
    } else {
      return Errno::No_sys;
    }
    return Outcome::no_reply();
  }
  default:
    return Errno::Bad_proto;
  }
}

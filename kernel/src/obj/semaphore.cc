// SPDX-License-Identifier: MIT
#include "obj/semaphore.h"

#include "ipc/ipc.h"
#include "obj/operation.h"
#include "obj/thread.h"
#include "sched/cpu.h"

bool Semaphore::dismantle()
{
  return _waiters.drain(
      [](Sender &waiter) { Ipc::receive_failed(static_cast<Thread &>(waiter), Ipc_error::Not_existent); });
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
bool Semaphore::trigger(bool by_pin)
{
  if (by_pin && is_level()) set_masked(true);
  Thread *owner;
  Thread *waiter = take_waiter(owner);
  while (owner) {
    if (!Hold::reaches(*owner)) return false;
    waiter = take_waiter(owner);
  }
  if (waiter) Ipc::wait_done(*waiter, reply_tag(0));
  return true;
}

Outcome Semaphore::down(Invocation &call)
{
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
  static constexpr Operation Operations[] = {{0, Cap_slot::S, any_words, by<&Semaphore::down>}};
  if (call.tag.label() == Proto::Irq) return trigger_operation(call, false);
  if (call.tag.label() != Proto::Semaphore) return Errno::Bad_proto;
  return serve(Operations, {.bits = 0xffff, .without_words = -i64(Errno::Inval)}, *this, call);
}

// SPDX-License-Identifier: MIT
#include "obj/semaphore.h"

#include "ipc/ipc.h"
#include "obj/operation.h"
#include "obj/thread.h"
#include "sched/cpu.h"

bool Semaphore::dismantle()
{
  return _waiters.drain([](Sender &waiter) {
    Ipc::receive_failed(static_cast<Thread &>(waiter), Ipc_error::Not_existent);
  });
}

/// The first waiter stays in the queue until its home is reached: nobody else can take it out then. A CPU is stopped
/// with no lock held, since it may be waiting for that lock.
bool Semaphore::trigger(bool by_pin)
{
  if (by_pin && is_level()) set_masked(true);
  Thread *waiter;
  do {
    Lock_guard guard(_waiters);
    waiter = static_cast<Thread *>(_waiters.first());
    if (!waiter) return ++_count;
    if (Hold::has(*waiter)) break;
  } while (Hold::reaches(*waiter));
  if (!Hold::has(*waiter)) return false;
  Ipc::wait_done(*waiter, reply_tag(0));
  return true;
}

Outcome Semaphore::down(Invocation &call)
{
  call.utcb.error = 0;
  Lock_guard guard(_waiters);
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

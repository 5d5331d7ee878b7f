// SPDX-License-Identifier: MIT
#include "libc_priv.h"
#include "slot_set.h"

#include <l4/libc/park.h>
#include <l4/libc/slots.h>
#include <l4/libc/tls.h>
#include <l4/sys/factory.h>
#include <l4/sys/ipc.h>
#include <l4/sys/semaphore.h>

namespace Libc {

namespace {

thread_local Thread_state state;

/// Semaphores of threads that ended.
constexpr unsigned Max_idle = 256;
l4_cap_idx_t idle[Max_idle];
Slot_set<Max_idle> idle_used;   ///< entries of `idle` that are claimed
Slot_set<Max_idle> idle_filled; ///< entries that hold a semaphore

l4_cap_idx_t take_idle()
{
  long const n = idle_filled.take_set();
  if (n < 0) return L4_INVALID_CAP;
  l4_cap_idx_t const semaphore = idle[n];
  idle_used.clear(static_cast<unsigned long>(n));
  return semaphore;
}

/// With all entries in use the semaphore stays what it is: nobody's, and alive.
void keep_idle(l4_cap_idx_t semaphore)
{
  long const n = idle_used.take_clear();
  if (n < 0) return;
  idle[n] = semaphore;
  idle_filled.set(static_cast<unsigned long>(n));
}

l4_cap_idx_t make()
{
  l4_cap_idx_t const slot = libc_slot_alloc();
  if (l4_is_invalid_cap(slot)) return slot;
  if (l4_error(l4_factory_create(l4re_global_env->factory, L4_PROTO_SEMAPHORE, slot)) >= 0)
    return slot;
  libc_slot_free(slot);
  return L4_INVALID_CAP;
}

} // namespace

Thread_state &thread_state()
{
  return state;
}

Park::Handle Park::prepare()
{
  if (l4_is_invalid_cap(state.park)) {
    l4_cap_idx_t const semaphore = take_idle();
    state.park = l4_is_valid_cap(semaphore) ? semaphore : make();
  }
  return state.park;
}

void Park::sleep(Lock<Park>::Waiter *self)
{
  while (!__atomic_load_n(&self->handed_over, __ATOMIC_ACQUIRE))
    sleep_until(Never);
}

void Park::wake(Handle handle)
{
  if (l4_is_valid_cap(handle)) l4_semaphore_up(handle);
}

void Park::sleep_until(l4_uint64_t deadline)
{
  l4_timeout_t timeout = L4_IPC_NEVER;
  l4_uint64_t left = Never;
  if (deadline != Never) {
    l4_uint64_t const now = libc_now_us();
    if (now >= deadline) return;
    left = deadline - now < L4_TIMEOUT_US_MAX ? deadline - now : L4_TIMEOUT_US_MAX;
    timeout = l4_timeout(L4_IPC_TIMEOUT_NEVER, l4_timeout_from_us(left));
  }
  constexpr l4_uint64_t Poll = 1000;
  l4_cap_idx_t const semaphore = prepare();
  if (l4_is_invalid_cap(semaphore)) {
    l4_ipc_sleep_us(left < Poll ? left : Poll);
    return;
  }
  l4_semaphore_down(semaphore, timeout);
}

/// In signal.cc; only there if something can be deferred.
extern "C" void libc_signal_deferred() __attribute__((weak));

void Guard::run_deferred()
{
  state.deferred = false;
  if (libc_signal_deferred) libc_signal_deferred();
}

} // namespace Libc

void libc_park_done()
{
  using Libc::state;
  if (l4_is_valid_cap(state.park)) Libc::keep_idle(state.park);
  state.park = L4_INVALID_CAP;
}

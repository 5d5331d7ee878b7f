// SPDX-License-Identifier: MIT
/*
 * Cancellation. Deferred: the thread looks at a flag in the functions that POSIX calls cancellation
 * points, and a wake-up of its semaphore ends a wait there. Asynchronous: its next instruction is
 * the one that ends it. pthread_setcancelstate() is in libc, whose functions use it.
 */
#include "thread.h"

#include <l4/sys/thread.h>

#include <errno.h>

/// Where an asynchronously cancelled thread goes on: somewhere below what its stack may hold, with
/// the alignment of a function that was called.
asm(".text\n"
    ".type pthread_cancel_entry, @function\n"
    "pthread_cancel_entry:\n"
    "  sub $256, %rsp\n"
    "  and $-16, %rsp\n"
    "  cld\n"
    "  call pthread_cancel_now\n"
    "  ud2\n"
    ".size pthread_cancel_entry, . - pthread_cancel_entry\n");

extern "C" {

void pthread_cancel_entry();

[[noreturn]] void pthread_cancel_now()
{
  pthread_exit(PTHREAD_CANCELED);
}

int pthread_cancel(pthread_t id)
{
  Thread *const t = Thread::given(id);
  if (!t) return ESRCH;
  Guard guard(threads_lock);
  t->cancelled = true;
  Libc::Thread_state *const state = t->state;
  if (!state) return 0; // it has not begun, or ends already
  __atomic_store_n(&state->cancel_pending, true, __ATOMIC_SEQ_CST);
  Libc::Park::wake(load(state->park));
  if (load(state->cancel_async) && !load(state->cancel_disabled) && t != Thread::self())
    l4_thread_ex_regs(t->cap, reinterpret_cast<l4_addr_t>(pthread_cancel_entry), ~0UL,
                      L4_THREAD_EX_REGS_CANCEL);
  return 0;
}

void pthread_testcancel()
{
  if (Libc::cancelled()) pthread_exit(PTHREAD_CANCELED);
}

int pthread_setcanceltype(int type, int *old)
{
  if (type != PTHREAD_CANCEL_DEFERRED && type != PTHREAD_CANCEL_ASYNCHRONOUS) return EINVAL;
  Libc::Thread_state &s = Libc::thread_state();
  if (old) *old = s.cancel_async ? PTHREAD_CANCEL_ASYNCHRONOUS : PTHREAD_CANCEL_DEFERRED;
  Thread::self();
  store(s.cancel_async, type == PTHREAD_CANCEL_ASYNCHRONOUS);
  if (s.cancel_async) pthread_testcancel();
  return 0;
}

} // extern "C"

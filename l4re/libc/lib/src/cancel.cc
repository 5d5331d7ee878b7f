// SPDX-License-Identifier: MIT
/*
 * Whether a thread may be cancelled: asked for also by functions of the library that must not end
 * in their middle. All others of this kind are in libpthread.
 */
#include <l4/libc/wait.h>

#include <errno.h>
#include <pthread.h>

extern "C" int pthread_setcancelstate(int state, int *old)
{
  if (state != PTHREAD_CANCEL_ENABLE && state != PTHREAD_CANCEL_DISABLE) return EINVAL;
  Libc::Thread_state &s = Libc::thread_state();
  if (old) *old = s.cancel_disabled ? PTHREAD_CANCEL_DISABLE : PTHREAD_CANCEL_ENABLE;
  __atomic_store_n(&s.cancel_disabled, state == PTHREAD_CANCEL_DISABLE, __ATOMIC_RELEASE);
  if (s.cancel_async) Libc::cancellation_point();
  return 0;
}

// SPDX-License-Identifier: MIT
/*
 * Signals to threads: in a file of its own, so that only who sends them carries their code.
 */
#include "thread.h"

#include <errno.h>
#include <signal.h>

extern "C" {

int libc_signal_thread(Libc::Thread_state *thread, int signal); // libc, signal.cc

int pthread_kill(pthread_t id, int signal)
{
  if (signal < 0 || signal >= NSIG) return EINVAL;
  Thread *const t = Thread::given(id);
  if (!t) return ESRCH;
  if (t == Thread::self()) return signal ? raise(signal) : 0;
  Guard guard(threads_lock);
  if (load(t->ended)) return ESRCH;
  if (!signal) return 0;
  if (t->state) return libc_signal_thread(t->state, signal);
  t->early_signals |= 1UL << signal; // the thread raises them when it begins
  return 0;
}

} // extern "C"

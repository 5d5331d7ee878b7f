// SPDX-License-Identifier: MIT
/*
 * Identity of threads.
 */
#include "thread.h"

#include <l4/re/env.h>
#include <l4/sys/ipc.h>
#include <l4/sys/thread.h>
#include <pthread-l4.h>

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

Internal_lock threads_lock;
Thread *all_threads;

namespace {

l4_umword_t &descriptor_word(l4_addr_t utcb)
{
  return l4_utcb_tcr_u(reinterpret_cast<l4_utcb_t *>(utcb))->user[0];
}

/// The main thread, and threads that a program made itself with the kernel's operations.
Thread *adopt()
{
  auto t = static_cast<Thread *>(calloc(1, sizeof(Thread)));
  if (!t || !semaphore_alloc(&t->semaphore)) {
    fputs("libpthread: no memory or semaphore for the calling thread\n", stderr);
    abort();
  }
  t->cap = l4re_env()->main_thread;
  t->utcb = reinterpret_cast<l4_addr_t>(l4_utcb());
  t->started = true;
  t->policy = SCHED_L4;
  t->priority = L4RE_MAIN_THREAD_PRIO;
  descriptor_word(t->utcb) = reinterpret_cast<l4_umword_t>(t);
  Lock_guard guard(threads_lock);
  t->next = all_threads;
  all_threads = t;
  return t;
}

} // namespace

l4_cap_idx_t Thread_park::prepare()
{
  return Thread::self()->semaphore;
}

void Thread_park::sleep(Lock<Thread_park>::Waiter *self)
{
  // A wake-up may be left from an earlier wait: the flag decides.
  while (!load(self->handed_over))
    l4_semaphore_down(self->handle, L4_IPC_NEVER);
}

Thread *Thread::of(pthread_t id)
{
  return reinterpret_cast<Thread *>(descriptor_word(id));
}

Thread *Thread::self()
{
  Thread *const t = of(reinterpret_cast<pthread_t>(l4_utcb()));
  return t ? t : adopt();
}

extern "C" {

pthread_t pthread_self()
{
  return reinterpret_cast<pthread_t>(l4_utcb());
}

int pthread_equal(pthread_t a, pthread_t b)
{
  return a == b;
}

int sched_yield()
{
  l4_thread_yield();
  return 0;
}

void pthread_yield()
{
  l4_thread_yield();
}

l4_cap_idx_t pthread_l4_cap(pthread_t thread)
{
  if (thread == pthread_self()) return Thread::self()->cap;
  Thread *const t = Thread::of(thread);
  return t ? t->cap : L4_INVALID_CAP;
}

void pthread_l4_for_each_thread(void (*function)(pthread_t))
{
  Thread::self();
  Lock_guard guard(threads_lock);
  for (Thread *t = all_threads; t; t = t->next)
    function(t->id());
}

} // extern "C"

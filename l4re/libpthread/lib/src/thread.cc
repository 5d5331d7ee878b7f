// SPDX-License-Identifier: MIT
/*
 * Identity of threads.
 */
#include "thread.h"

#include <l4/re/env.h>
#include <pthread-l4.h>

#include <stdio.h>
#include <stdlib.h>

Libc::Mutex threads_lock;
Thread *all_threads;
l4_uint64_t past_time;

namespace {

l4_umword_t &descriptor_word(l4_addr_t utcb)
{
  return l4_utcb_tcr_u(reinterpret_cast<l4_utcb_t *>(utcb))->user[0];
}

/// The main thread, and threads that a program made itself with the kernel's operations.
Thread *adopt()
{
  auto t = static_cast<Thread *>(calloc(1, sizeof(Thread)));
  if (!t) {
    fputs("libpthread: no memory for the calling thread\n", stderr);
    abort();
  }
  t->cap = l4re_env()->main_thread;
  t->utcb = reinterpret_cast<l4_addr_t>(l4_utcb());
  t->started = true;
  t->policy = SCHED_L4;
  t->priority = t->effective = L4RE_MAIN_THREAD_PRIO;
  t->number = new_thread_number();
  t->state = &Libc::thread_state();
  descriptor_word(t->utcb) = reinterpret_cast<l4_umword_t>(t);
  Guard guard(threads_lock);
  t->next = all_threads;
  all_threads = t;
  return t;
}

} // namespace

Thread *Thread::of(pthread_t id)
{
  return reinterpret_cast<Thread *>(descriptor_word(id));
}

Thread *Thread::self()
{
  Thread *const t = of(reinterpret_cast<pthread_t>(l4_utcb()));
  return t ? t : adopt();
}

Thread *Thread::given(pthread_t id)
{
  if (!id) return nullptr;
  return id == pthread_self() ? self() : of(id);
}

unsigned new_thread_number()
{
  static unsigned last;
  return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
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

l4_cap_idx_t pthread_l4_cap(pthread_t thread)
{
  Thread *const t = Thread::given(thread);
  return t ? t->cap : L4_INVALID_CAP;
}

void pthread_l4_for_each_thread(void (*function)(pthread_t))
{
  Thread::self();
  Guard guard(threads_lock);
  for (Thread *t = all_threads; t; t = t->next)
    function(t->id());
}

} // extern "C"

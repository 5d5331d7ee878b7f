// SPDX-License-Identifier: MIT
/*
 * Life of a thread: create, start, end, join.
 *
 * An ending thread cannot free the stack it runs on. Its last act is to set `gone`; after that it
 * may be deleted at any point. Who joins it, or for a detached thread the next creation, deletes
 * the kernel's thread and gives everything back.
 */
#include "thread.h"

#include <l4/libc/tls.h>
#include <l4/re/env>
#include <l4/re/util/cap_alloc>
#include <l4/sys/factory.h>
#include <l4/sys/ipc.h>
#include <l4/sys/scheduler.h>
#include <l4/sys/segment.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>
#include <pthread-l4.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

// Signals of threads (libc, signal.cc); not there in programs without.
extern "C" {
l4_umword_t libc_signal_mask() __attribute__((weak));
void libc_signal_begin_thread(l4_umword_t mask) __attribute__((weak));
void libc_signal_end_thread() __attribute__((weak));
}

namespace {

constexpr l4_addr_t Tls_alignment = 64;

void forget(Thread *t)
{
  Thread **at = &all_threads;
  while (*at != t)
    at = &(*at)->next;
  *at = t->next;
}

/// Give back what a thread had that is out of the list and does not run.
void destroy(Thread *t)
{
  if (l4_is_valid_cap(t->cap)) {
    l4_task_delete_obj(L4_BASE_TASK_CAP, t->cap);
    L4Re::Util::cap_alloc.free(L4::Cap<void>(t->cap));
  }
  if (t->utcb) {
    l4_utcb_tcr_u(reinterpret_cast<l4_utcb_t *>(t->utcb))->user[0] = 0;
    utcb_free(t->utcb);
  }
  stack_free(t->stack);
  free(t);
}

/// Delete detached threads that have ended.
void bury()
{
  Thread *dead = nullptr;
  {
    Guard guard(threads_lock);
    for (Thread **at = &all_threads; *at;) {
      Thread *const t = *at;
      if (!t->detached || !load(t->gone)) {
        at = &t->next;
        continue;
      }
      *at = t->next;
      t->next = dead;
      dead = t;
    }
  }
  while (dead) {
    Thread *const t = dead;
    dead = t->next;
    destroy(t);
  }
}

[[noreturn]] void thread_end(Thread *self, void *result)
{
  Libc::thread_state().cancel_disabled = true;
  while (self->cleanup)
    _pthread_cleanup_pop(self->cleanup, 1);
  run_key_destructors(self);
  leave_robust_mutexes(self);
  self->result = result;
  if (libc_signal_end_thread) libc_signal_end_thread();
  {
    Guard guard(threads_lock);
    self->state = nullptr;
    store(self->ended, true);
    l4_kernel_clock_t time = 0;
    l4_thread_stats_time(self->cap, &time);
    past_time += time;
  }
  libc_thread_done();
  // Order: a joiner that does not see `gone` has left its semaphore before this looks for it.
  __atomic_store_n(&self->gone, true, __ATOMIC_SEQ_CST);
  l4_cap_idx_t const joiner = __atomic_load_n(&self->joiner, __ATOMIC_SEQ_CST);
  if (joiner) Libc::Park::wake(joiner);
  for (;;)
    l4_ipc_sleep(L4_IPC_NEVER);
}

[[noreturn]] void thread_entry()
{
  Thread *const self = Thread::self();
  Libc::Thread_state &state = Libc::thread_state();
  {
    Guard guard(threads_lock);
    self->state = &state;
    if (self->cancelled) store(state.cancel_pending, true);
  }
  if (libc_signal_begin_thread) {
    libc_signal_begin_thread(self->signal_mask);
    for (int signal = 1; signal < NSIG; ++signal)
      if (self->early_signals >> signal & 1) raise(signal);
  }
  thread_end(self, self->function(self->argument));
}

/// Kernel thread with UTCB, pager and thread-local storage; it does not run yet.
bool prepare(Thread *t)
{
  auto const *env = L4Re::Env::env();
  auto const cap = L4Re::Util::cap_alloc.alloc<L4::Thread>();
  if (!cap.is_valid()) return false;
  t->cap = cap.cap();
  if (l4_error(l4_factory_create_thread(env->factory().cap(), t->cap)) < 0) return false;
  if (!utcb_alloc(&t->utcb)) return false;
  auto const utcb = reinterpret_cast<l4_utcb_t *>(t->utcb);
  l4_thread_control_start();
  l4_thread_control_pager(env->rm().cap());
  l4_thread_control_exc_handler(env->rm().cap());
  l4_thread_control_bind(utcb, L4_BASE_TASK_CAP);
  // The l4re of this task watches system calls: see l4re/itas, ipc_watch.h.
  if (char const *watch = getenv("L4_DEBUG_IPCERR"); watch && *watch && strcmp(watch, "0"))
    l4_thread_control_alien(1);
  if (l4_error(l4_thread_control_commit(t->cap)) < 0) return false;
  l4_utcb_tcr_u(utcb)->user[0] = reinterpret_cast<l4_umword_t>(t);
  return true;
}

int run(Thread *t)
{
  l4_addr_t const top = t->stack.start + t->stack.size;
  l4_addr_t const block = (top - libc_tls_size()) & ~(Tls_alignment - 1);
  if (block < t->stack.start + PTHREAD_STACK_MIN / 2) return EINVAL;
  if (fiasco_amd64_set_fs(t->cap, libc_tls_init(reinterpret_cast<void *>(block)), l4_utcb()) < 0)
    return EAGAIN;
  // The entry is called like a function: 16-byte alignment before the return address.
  l4_addr_t const sp = block - sizeof(l4_umword_t);
  if (l4_error(l4_thread_ex_regs(t->cap, reinterpret_cast<l4_addr_t>(thread_entry), sp, 0)) < 0)
    return EAGAIN;
  t->effective = t->priority;
  return apply_schedule(*t, t->priority);
}

Thread *make(pthread_attr_t const &attr)
{
  auto t = static_cast<Thread *>(calloc(1, sizeof(Thread)));
  if (!t) return nullptr;
  t->cap = L4_INVALID_CAP;
  t->number = new_thread_number();
  t->cpus = attr.affinity;
  t->guard = attr.__guard_size;
  t->detached = attr.__detach_state == PTHREAD_CREATE_DETACHED;
  bool const own_stack = attr.__stack;
  if (own_stack) t->stack = {0, reinterpret_cast<l4_addr_t>(attr.__stack), attr.__stack_size};
  if ((own_stack || stack_alloc(&t->stack, attr.__stack_size, attr.__guard_size)) && prepare(t))
    return t;
  destroy(t);
  return nullptr;
}

int bury_one(Thread *t, void **result)
{
  if (result) *result = t->result;
  {
    Guard guard(threads_lock);
    forget(t);
  }
  destroy(t);
  return 0;
}

} // namespace

extern "C" {

int pthread_create(pthread_t *id, pthread_attr_t const *given, void *(*function)(void *), void *arg)
{
  pthread_attr_t attr;
  if (given)
    attr = *given;
  else
    pthread_attr_init(&attr);
  Thread *const self = Thread::self();
  bury();
  Thread *const t = make(attr);
  if (!t) return EAGAIN;
  bool const inherit = attr.__inherit_sched == PTHREAD_INHERIT_SCHED;
  t->policy = inherit ? self->policy : attr.__policy;
  t->priority = inherit ? self->priority : attr.__param.sched_priority;
  t->signal_mask = libc_signal_mask ? libc_signal_mask() : 0;
  t->function = function;
  t->argument = arg;
  t->started = !(attr.create_flags & PTHREAD_L4_ATTR_NO_START);
  {
    Guard guard(threads_lock);
    t->next = all_threads;
    all_threads = t;
  }
  // Before the thread runs: it may end, detached, and be gone before this function returns.
  *id = t->id();
  int const error = t->started ? run(t) : 0;
  if (error) {
    {
      Guard guard(threads_lock);
      forget(t);
    }
    destroy(t);
  }
  return error;
}

int pthread_l4_start(pthread_t id, void *(*function)(void *), void *arg)
{
  Thread *const t = Thread::of(id);
  if (!t || t->started) return EINVAL;
  t->function = function;
  t->argument = arg;
  t->started = true;
  return run(t);
}

void pthread_exit(void *result)
{
  thread_end(Thread::self(), result);
}

int pthread_join(pthread_t id, void **result)
{
  Libc::cancellation_point();
  Thread *const t = Thread::of(id);
  if (!t) return ESRCH;
  if (id == pthread_self()) return EDEADLK;
  if (t->detached) return EINVAL;
  __atomic_store_n(&t->joiner, Libc::Park::prepare(), __ATOMIC_SEQ_CST);
  while (!__atomic_load_n(&t->gone, __ATOMIC_SEQ_CST)) {
    if (Libc::cancelled()) {
      __atomic_store_n(&t->joiner, 0, __ATOMIC_SEQ_CST);
      Libc::cancellation_point();
    }
    Libc::Park::sleep_until(Libc::Never);
  }
  return bury_one(t, result);
}

int pthread_tryjoin_np(pthread_t id, void **result)
{
  Thread *const t = Thread::of(id);
  if (!t) return ESRCH;
  if (t->detached) return EINVAL;
  return __atomic_load_n(&t->gone, __ATOMIC_SEQ_CST) ? bury_one(t, result) : EBUSY;
}

int pthread_detach(pthread_t id)
{
  Thread *const t = Thread::of(id);
  if (!t) return ESRCH;
  Guard guard(threads_lock);
  if (t->detached) return EINVAL;
  t->detached = true;
  return 0;
}

void _pthread_cleanup_push(_pthread_cleanup_context *context, void (*routine)(void *), void *arg)
{
  Thread *const self = Thread::self();
  *context = {routine, arg, 0, self->cleanup};
  self->cleanup = context;
}

void _pthread_cleanup_pop(_pthread_cleanup_context *context, int execute)
{
  Thread::self()->cleanup = context->_previous;
  if (execute) context->_routine(context->_arg);
}

} // extern "C"

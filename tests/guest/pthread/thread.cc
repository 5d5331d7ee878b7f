// SPDX-License-Identifier: MIT
// Life, attributes and data of threads.
#include "check.h"

#include <errno.h>
#include <l4/sys/kip.h>
#include <l4/sys/thread.h>
#include <pthread-l4.h>
#include <stdlib.h>

namespace {

thread_local int local = 5;
int destroyed, once_runs;
pthread_key_t key;

void *echo(void *arg) { return arg; }

void *own_id(void *) { return reinterpret_cast<void *>(pthread_self()); }

void *change_locals(void *)
{
  bool const fresh = local == 5;
  local = 9;
  errno = 33;
  return fresh && errno == 33 ? &local : nullptr;
}

void *set_flag(void *arg)
{
  __atomic_store_n(static_cast<int *>(arg), 1, __ATOMIC_RELEASE);
  return nullptr;
}

void count_destroyed(void *) { ++destroyed; }

void *use_key(void *arg)
{
  bool const empty = !pthread_getspecific(key);
  pthread_setspecific(key, arg);
  return empty && pthread_getspecific(key) == arg ? arg : nullptr;
}

void *stack_address(void *) { return __builtin_frame_address(0); }

void run_once()
{
  ++once_runs;
  sleep_ms(2);
}

pthread_once_t once = PTHREAD_ONCE_INIT;

void *call_once(void *)
{
  pthread_once(&once, run_once);
  return reinterpret_cast<void *>(once_runs);
}

void add(void *arg) { ++*static_cast<int *>(arg); }

void *leave_with_cleanup(void *arg)
{
  pthread_cleanup_push(add, arg);
  pthread_exit(arg);
  pthread_cleanup_pop(0);
  return nullptr;
}

int threads_seen;

CASE("a thread returns its argument through join")
{
  int x;
  CHECK(join(start(echo, &x)) == &x);
}

CASE("pthread_self in the thread is what create said")
{
  pthread_t const t = start(own_id);
  CHECK(join(t) == reinterpret_cast<void *>(t));
}

CASE("pthread_equal tells threads apart")
{
  pthread_t const t = start(echo);
  CHECK(pthread_equal(pthread_self(), pthread_self()));
  CHECK(!pthread_equal(t, pthread_self()));
  join(t);
}

CASE("joining oneself is a deadlock") { CHECK(pthread_join(pthread_self(), nullptr) == EDEADLK); }

CASE("thread_local and errno belong to a thread")
{
  errno = 4;
  local = 6;
  CHECK(join(start(change_locals)) != nullptr);
  CHECK(local == 6 && errno == 4);
}

thread_local int empty[200];

void *use_empty(void *)
{
  bool zero = true;
  for (int &entry : empty) {
    zero = zero && !entry;
    entry = 0x33;
  }
  return zero ? &local : nullptr;
}

CASE("thread_local variables without a value are zero, also in memory that another thread used")
{
  for (int i = 0; i < 5; ++i)
    CHECK(join(start(use_empty)) != nullptr);
}

CASE("300 threads one after another: nothing is used up")
{
  for (int i = 0; i < 300; ++i)
    join(start(echo));
}

CASE("20 threads at once: UTCBs from kernel-user memory")
{
  pthread_t t[20];
  for (pthread_t &id : t)
    id = start(echo, &id);
  for (pthread_t &id : t)
    CHECK(join(id) == &id);
}

CASE("detached threads end by themselves")
{
  pthread_attr_t attr;
  pthread_attr_init(&attr);
  CHECK(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) == 0);
  for (int i = 0; i < 40; ++i) {
    int flag = 0;
    pthread_t t;
    CHECK(pthread_create(&t, &attr, set_flag, &flag) == 0);
    while (!__atomic_load_n(&flag, __ATOMIC_ACQUIRE))
      sleep_ms(1);
  }
}

CASE("a detached thread cannot be joined")
{
  int flag = 0;
  pthread_attr_t attr;
  pthread_attr_init(&attr);
  attr.create_flags = PTHREAD_L4_ATTR_NO_START;
  pthread_t t;
  CHECK(pthread_create(&t, &attr, echo, nullptr) == 0);
  CHECK(pthread_detach(t) == 0);
  CHECK(pthread_detach(t) == EINVAL);
  CHECK(pthread_join(t, nullptr) == EINVAL);
  CHECK(pthread_l4_start(t, set_flag, &flag) == 0);
  while (!__atomic_load_n(&flag, __ATOMIC_ACQUIRE))
    sleep_ms(1);
}

CASE("a thread runs on the stack it is given")
{
  constexpr size_t Size = 32 << 10;
  char *const stack = static_cast<char *>(aligned_alloc(64, Size));
  pthread_attr_t attr;
  pthread_attr_init(&attr);
  CHECK(pthread_attr_setstack(&attr, stack, Size) == 0);
  pthread_t t;
  CHECK(pthread_create(&t, &attr, stack_address, nullptr) == 0);
  char *const here = static_cast<char *>(join(t));
  CHECK(here > stack && here < stack + Size);
  free(stack);
}

CASE("attributes: sizes, guard, bounds")
{
  pthread_attr_t attr;
  size_t size;
  pthread_attr_init(&attr);
  CHECK(pthread_attr_setstacksize(&attr, 100) == EINVAL);
  CHECK(pthread_attr_setstacksize(&attr, 1 << 20) == 0);
  CHECK(pthread_attr_getstacksize(&attr, &size) == 0 && size == 1 << 20);
  CHECK(pthread_attr_setguardsize(&attr, 8192) == 0);
  CHECK(pthread_attr_getguardsize(&attr, &size) == 0 && size == 8192);
  CHECK(pthread_attr_setdetachstate(&attr, 77) == EINVAL);
  CHECK(pthread_attr_setscope(&attr, PTHREAD_SCOPE_PROCESS) == ENOTSUP);
}

CASE("SCHED_L4: explicit priority")
{
  pthread_attr_t attr;
  pthread_attr_init(&attr);
  sched_param param = {};
  param.sched_priority = 3;
  CHECK(pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED) == 0);
  CHECK(pthread_attr_setschedpolicy(&attr, SCHED_L4) == 0);
  CHECK(pthread_attr_setschedparam(&attr, &param) == 0);
  int flag = 0, policy = 0;
  pthread_t t;
  CHECK(pthread_create(&t, &attr, set_flag, &flag) == 0);
  CHECK(__atomic_load_n(&flag, __ATOMIC_ACQUIRE) == 1); // higher priority: it ran at once
  param.sched_priority = 0;
  CHECK(pthread_getschedparam(t, &policy, &param) == 0);
  CHECK(policy == SCHED_L4 && param.sched_priority == 3);
  join(t);
}

CASE("pthread-l4: start later, capability, all threads")
{
  pthread_attr_t attr;
  pthread_attr_init(&attr);
  attr.create_flags = PTHREAD_L4_ATTR_NO_START;
  pthread_t t;
  CHECK(pthread_create(&t, &attr, nullptr, nullptr) == 0);
  CHECK(l4_is_valid_cap(Pthread::L4::cap(t)));
  CHECK(reinterpret_cast<pthread_t>(Pthread::L4::utcb(t)) == t);
  threads_seen = 0;
  pthread_l4_for_each_thread([](pthread_t) { ++threads_seen; });
  CHECK(threads_seen >= 2);
  CHECK(Pthread::L4::start(t, echo, &t) == 0);
  CHECK(Pthread::L4::start(t, echo, &t) == EINVAL);
  CHECK(join(t) == &t);
}

CASE("keys: per thread, destructor at the end")
{
  destroyed = 0;
  CHECK(pthread_key_create(&key, count_destroyed) == 0);
  CHECK(pthread_setspecific(key, &key) == 0);
  int x;
  CHECK(join(start(use_key, &x)) == &x);
  CHECK(destroyed == 1);
  CHECK(pthread_getspecific(key) == &key);
  CHECK(pthread_key_delete(key) == 0);
  CHECK(pthread_key_delete(key) == EINVAL);
}

CASE("a key made anew is empty")
{
  pthread_key_t a, b;
  CHECK(pthread_key_create(&a, nullptr) == 0);
  pthread_setspecific(a, &a);
  pthread_key_delete(a);
  CHECK(pthread_key_create(&b, nullptr) == 0);
  CHECK(!pthread_getspecific(b));
  pthread_key_delete(b);
}

CASE("keys run out with EAGAIN")
{
  pthread_key_t k[200];
  int n = 0;
  while (n < 200 && pthread_key_create(&k[n], nullptr) == 0)
    ++n;
  CHECK(n >= 120 && n < 200);
  while (n)
    pthread_key_delete(k[--n]);
}

CASE("once: one run, all others wait for it")
{
  pthread_t t[4];
  for (pthread_t &id : t)
    id = start(call_once);
  for (pthread_t id : t)
    CHECK(join(id) == reinterpret_cast<void *>(1));
}

CASE("pthread_exit runs clean-up handlers")
{
  int runs = 0;
  CHECK(join(start(leave_with_cleanup, &runs)) == &runs);
  CHECK(runs == 1);
}

} // namespace

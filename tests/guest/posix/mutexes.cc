// SPDX-License-Identifier: MIT
// Robust mutexes and priority protocols.
#include "posix.h"

namespace {

pthread_mutex_t mutex;

void make(int robust, int protocol, int ceiling = 0)
{
  pthread_mutexattr_t attr;
  pthread_mutexattr_init(&attr);
  CHECK_EQ(pthread_mutexattr_setrobust(&attr, robust), 0);
  CHECK_EQ(pthread_mutexattr_setprotocol(&attr, protocol), 0);
  if (ceiling) CHECK_EQ(pthread_mutexattr_setprioceiling(&attr, ceiling), 0);
  CHECK_EQ(pthread_mutex_init(&mutex, &attr), 0);
  pthread_mutexattr_destroy(&attr);
}

void *take_and_end(void *)
{
  return reinterpret_cast<void *>(static_cast<l4_addr_t>(pthread_mutex_lock(&mutex)));
}

CASE("POSIX pthread_mutexattr_setrobust", "EOWNERDEAD to the next owner, who repairs it")
{
  make(PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE);
  CHECK(!join(start(take_and_end)));
  CHECK_EQ(pthread_mutex_lock(&mutex), EOWNERDEAD);
  CHECK_EQ(pthread_mutex_consistent(&mutex), 0);
  CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
  CHECK_EQ(pthread_mutex_lock(&mutex), 0);
  CHECK_EQ(pthread_mutex_consistent(&mutex), EINVAL);
  CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
  CHECK_EQ(pthread_mutex_destroy(&mutex), 0);
}

void *wait_for_it(void *)
{
  int const e = pthread_mutex_lock(&mutex);
  if (e == 0 || e == EOWNERDEAD) pthread_mutex_unlock(&mutex);
  return reinterpret_cast<void *>(static_cast<l4_addr_t>(e));
}

CASE("POSIX pthread_mutex_consistent", "not called: ENOTRECOVERABLE for all, for ever")
{
  make(PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE);
  CHECK(!join(start(take_and_end)));
  CHECK_EQ(pthread_mutex_trylock(&mutex), EOWNERDEAD);
  pthread_t const waiter = start(wait_for_it);
  sleep_ms(5);
  CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
  CHECK_EQ(reinterpret_cast<l4_addr_t>(join(waiter)), ENOTRECOVERABLE);
  CHECK_EQ(pthread_mutex_lock(&mutex), ENOTRECOVERABLE);
  CHECK_EQ(pthread_mutex_trylock(&mutex), ENOTRECOVERABLE);
}

void *hold_and_end(void *)
{
  pthread_mutex_lock(&mutex);
  sleep_ms(20);
  return nullptr;
}

CASE("POSIX robust mutexes", "one that waits when the owner ends is woken")
{
  make(PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_INHERIT);
  pthread_t const owner = start(hold_and_end);
  sleep_ms(5);
  pthread_t const waiter = start(wait_for_it);
  join(owner);
  CHECK_EQ(reinterpret_cast<l4_addr_t>(join(waiter)), EOWNERDEAD);
}

CASE("POSIX pthread_mutex_lock", "owners are checked: EPERM, EDEADLK, ETIMEDOUT")
{
  make(PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_INHERIT);
  CHECK_EQ(pthread_mutex_unlock(&mutex), EPERM);
  CHECK_EQ(pthread_mutex_lock(&mutex), 0);
  CHECK_EQ(pthread_mutex_lock(&mutex), EDEADLK);
  CHECK_EQ(pthread_mutex_destroy(&mutex), EBUSY);
  pthread_t const t = start([](void *) -> void * {
    timespec const end = from_now(20);
    return reinterpret_cast<void *>(static_cast<l4_addr_t>(pthread_mutex_timedlock(&mutex, &end)));
  });
  CHECK_EQ(reinterpret_cast<l4_addr_t>(join(t)), ETIMEDOUT);
  CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
}

volatile bool low_done, high_waits;
l4_uint64_t done_at;

void *low(void *)
{
  pthread_mutex_lock(&mutex);
  while (!high_waits)
    sleep_ms(1);
  sleep_ms(5);
  // Boosted above the middle thread, which would keep the CPU for itself.
  low_done = true;
  done_at = now_us();
  pthread_mutex_unlock(&mutex);
  return nullptr;
}

void *high(void *)
{
  high_waits = true;
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  return nullptr;
}

/// Keeps the CPU until the low thread is done; without inheritance it waits for its own end.
void *middle(void *)
{
  l4_uint64_t const end = now_us() + 2000000;
  while (!low_done && now_us() < end) {
  }
  return nullptr;
}

pthread_t start_at(int priority, void *(*function)(void *))
{
  pthread_attr_t attr;
  pthread_attr_init(&attr);
  pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
  sched_param param = {};
  param.sched_priority = priority;
  pthread_attr_setschedparam(&attr, &param);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  CHECK_EQ(pthread_attr_setaffinity_np(&attr, sizeof(one), &one), 0);
  pthread_t t = 0;
  CHECK_EQ(pthread_create(&t, &attr, function, nullptr), 0);
  return t;
}

CASE("POSIX PTHREAD_PRIO_INHERIT", "the owner runs before a thread that is better than it was")
{
  make(PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_INHERIT);
  low_done = false;
  high_waits = false;
  sched_param top = {};
  int policy;
  sched_param before;
  CHECK_EQ(pthread_getschedparam(pthread_self(), &policy, &before), 0);
  top.sched_priority = 40;
  CHECK_EQ(pthread_setschedparam(pthread_self(), policy, &top), 0);
  pthread_t const l = start_at(10, low);
  sleep_ms(3);
  pthread_t const h = start_at(30, high);
  sleep_ms(3);
  l4_uint64_t const begin = now_us();
  pthread_t const m = start_at(20, middle);
  join(h);
  CHECK(low_done);
  CHECK(done_at - begin < 1500000);
  join(l);
  join(m);
  CHECK_EQ(pthread_setschedparam(pthread_self(), policy, &before), 0);
}

CASE("POSIX PTHREAD_PRIO_PROTECT", "the ceiling holds while the mutex does, and only from below")
{
  make(PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_PROTECT, 50);
  int ceiling = 0, old = 0;
  CHECK_EQ(pthread_mutex_getprioceiling(&mutex, &ceiling), 0);
  CHECK_EQ(ceiling, 50);
  CHECK_EQ(pthread_mutex_lock(&mutex), 0);
  CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
  CHECK_EQ(pthread_mutex_setprioceiling(&mutex, 1, &old), 0);
  CHECK_EQ(old, 50);
  CHECK_EQ(pthread_mutex_lock(&mutex), EINVAL);
  CHECK_EQ(pthread_mutex_setprioceiling(&mutex, 999, nullptr), EINVAL);
}

} // namespace

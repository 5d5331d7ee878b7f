// SPDX-License-Identifier: MIT
// Mutexes, spin locks, read-write locks.
#include "check.h"

#include <errno.h>
#include <sys/lock.h>
#include <sched.h>

namespace {

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
pthread_spinlock_t spin;
int counter;

constexpr int Rounds = 500;

/// Not atomic and interrupted in its middle: only a lock makes this right.
void increment()
{
  int const seen = counter;
  if (seen % 8 == 0) sched_yield();
  counter = seen + 1;
}

void *with_mutex(void *)
{
  for (int i = 0; i < Rounds; ++i) {
    pthread_mutex_lock(&mutex);
    increment();
    pthread_mutex_unlock(&mutex);
  }
  return nullptr;
}

void *with_spin(void *)
{
  for (int i = 0; i < Rounds; ++i) {
    pthread_spin_lock(&spin);
    increment();
    pthread_spin_unlock(&spin);
  }
  return nullptr;
}

void *with_rwlock(void *)
{
  for (int i = 0; i < Rounds; ++i) {
    pthread_rwlock_wrlock(&rwlock);
    increment();
    pthread_rwlock_unlock(&rwlock);
  }
  return nullptr;
}

void count_with(void *(*function)(void *))
{
  counter = 0;
  pthread_t t[4];
  for (pthread_t &id : t)
    id = start(function);
  for (pthread_t id : t)
    join(id);
  CHECK(counter == 4 * Rounds);
}

void *result(int error) { return reinterpret_cast<void *>(static_cast<long>(error)); }

void *try_lock(void *m) { return result(pthread_mutex_trylock(static_cast<pthread_mutex_t *>(m))); }

void *unlock(void *m) { return result(pthread_mutex_unlock(static_cast<pthread_mutex_t *>(m))); }

void *timed_lock(void *m)
{
  timespec const end = in_ms(5);
  return result(pthread_mutex_timedlock(static_cast<pthread_mutex_t *>(m), &end));
}

void *try_read(void *)
{
  int const error = pthread_rwlock_tryrdlock(&rwlock);
  if (!error) pthread_rwlock_unlock(&rwlock);
  return result(error);
}

void *timed_write(void *)
{
  timespec const end = in_ms(5);
  return result(pthread_rwlock_timedwrlock(&rwlock, &end));
}

pthread_mutex_t made(int type)
{
  pthread_mutexattr_t attr;
  pthread_mutex_t m;
  pthread_mutexattr_init(&attr);
  CHECK(pthread_mutexattr_settype(&attr, type) == 0);
  CHECK(pthread_mutex_init(&m, &attr) == 0);
  return m;
}

CASE("a mutex excludes four threads from each other") { count_with(with_mutex); }

CASE("trylock of a taken mutex is EBUSY")
{
  pthread_mutex_lock(&mutex);
  CHECK(join(start(try_lock, &mutex)) == result(EBUSY));
  pthread_mutex_unlock(&mutex);
}

CASE("timedlock gives up at its time")
{
  pthread_mutex_lock(&mutex);
  CHECK(join(start(timed_lock, &mutex)) == result(ETIMEDOUT));
  pthread_mutex_unlock(&mutex);
  CHECK(pthread_mutex_trylock(&mutex) == 0);
  pthread_mutex_unlock(&mutex);
}

CASE("timedlock with wrong nanoseconds is EINVAL")
{
  timespec const end = {0, -1};
  CHECK(pthread_mutex_timedlock(&mutex, &end) == EINVAL);
}

CASE("a recursive mutex counts")
{
  pthread_mutex_t m = made(PTHREAD_MUTEX_RECURSIVE);
  CHECK(pthread_mutex_lock(&m) == 0 && pthread_mutex_lock(&m) == 0);
  CHECK(pthread_mutex_trylock(&m) == 0);
  CHECK(pthread_mutex_unlock(&m) == 0 && pthread_mutex_unlock(&m) == 0);
  CHECK(join(start(try_lock, &m)) == result(EBUSY));
  CHECK(pthread_mutex_unlock(&m) == 0);
  CHECK(pthread_mutex_unlock(&m) == EPERM);
  CHECK(pthread_mutex_destroy(&m) == 0);
}

CASE("an errorcheck mutex knows its owner")
{
  pthread_mutex_t m = made(PTHREAD_MUTEX_ERRORCHECK);
  CHECK(pthread_mutex_lock(&m) == 0);
  CHECK(pthread_mutex_lock(&m) == EDEADLK);
  CHECK(pthread_mutex_trylock(&m) == EBUSY);
  CHECK(join(start(unlock, &m)) == result(EPERM));
  CHECK(pthread_mutex_destroy(&m) == EBUSY);
  CHECK(pthread_mutex_unlock(&m) == 0);
}

CASE("unknown mutex types are refused")
{
  pthread_mutexattr_t attr;
  pthread_mutexattr_init(&attr);
  CHECK(pthread_mutexattr_settype(&attr, 9) == EINVAL);
}

/// For all objects that have such attributes.
template <typename Attr>
void check_shared(int (*init)(Attr *), int (*set)(Attr *, int), int (*get)(Attr const *, int *))
{
  Attr attr;
  int shared = -1;
  CHECK(init(&attr) == 0);
  CHECK(set(&attr, PTHREAD_PROCESS_SHARED) == ENOTSUP);
  CHECK(set(&attr, PTHREAD_PROCESS_PRIVATE) == 0);
  CHECK(set(&attr, 77) == EINVAL);
  CHECK(get(&attr, &shared) == 0 && shared == PTHREAD_PROCESS_PRIVATE);
}

CASE("objects of several processes: ENOTSUP")
{
  check_shared(pthread_mutexattr_init, pthread_mutexattr_setpshared, pthread_mutexattr_getpshared);
  check_shared(pthread_condattr_init, pthread_condattr_setpshared, pthread_condattr_getpshared);
  check_shared(pthread_rwlockattr_init, pthread_rwlockattr_setpshared,
               pthread_rwlockattr_getpshared);
  check_shared(pthread_barrierattr_init, pthread_barrierattr_setpshared,
               pthread_barrierattr_getpshared);
  pthread_spinlock_t lock;
  CHECK(pthread_spin_init(&lock, PTHREAD_PROCESS_SHARED) == 0);
  CHECK(pthread_setconcurrency(3) == 0 && pthread_getconcurrency() == 3);
  CHECK(pthread_setconcurrency(-1) == EINVAL);
  CHECK(pthread_atfork(nullptr, nullptr, nullptr) == 0);
}

CASE("a spin lock excludes four threads from each other")
{
  pthread_spin_init(&spin, 0);
  count_with(with_spin);
}

CASE("spin trylock")
{
  CHECK(pthread_spin_lock(&spin) == 0);
  CHECK(pthread_spin_trylock(&spin) == EBUSY);
  CHECK(pthread_spin_unlock(&spin) == 0);
}

CASE("writers exclude each other") { count_with(with_rwlock); }

CASE("readers share, a writer does not get in")
{
  CHECK(pthread_rwlock_rdlock(&rwlock) == 0);
  CHECK(join(start(try_read)) == result(0));
  CHECK(join(start(timed_write)) == result(ETIMEDOUT));
  CHECK(pthread_rwlock_unlock(&rwlock) == 0);
}

CASE("a writer keeps readers out")
{
  CHECK(pthread_rwlock_wrlock(&rwlock) == 0);
  CHECK(join(start(try_read)) == result(EBUSY));
  CHECK(pthread_rwlock_trywrlock(&rwlock) == EBUSY);
  CHECK(pthread_rwlock_unlock(&rwlock) == 0);
  CHECK(join(start(try_read)) == result(0));
}

/// Whether another thread could take the lock; it gives it back.
bool is_free_for_others(_LOCK_T lock)
{
  auto const attempt = [](void *l) -> void * {
    auto const lock = static_cast<_LOCK_T>(l);
    if (!__retarget_lock_try_acquire_recursive(lock)) return nullptr;
    __retarget_lock_release_recursive(lock);
    return l;
  };
  return join(start(attempt, lock)) != nullptr;
}

CASE("the C library's recursive locks keep others out, each time they are taken")
{
  _LOCK_T lock;
  __retarget_lock_init_recursive(&lock);
  for (int round = 0; round < 3; ++round) {
    __retarget_lock_acquire_recursive(lock);
    CHECK(!is_free_for_others(lock));
    CHECK(__retarget_lock_try_acquire_recursive(lock));
    __retarget_lock_release_recursive(lock);
    CHECK(!is_free_for_others(lock)); // it was taken twice
    __retarget_lock_release_recursive(lock);
    // again, before anybody else had it: the last holder is no holder any more
    __retarget_lock_acquire_recursive(lock);
    CHECK(!is_free_for_others(lock));
    __retarget_lock_release_recursive(lock);
    CHECK(is_free_for_others(lock));
  }
  __retarget_lock_close_recursive(lock);
}

} // namespace

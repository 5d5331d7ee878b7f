// SPDX-License-Identifier: MIT
// Condition variables, barriers, semaphores.
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <initializer_list>
#include <limits.h>
#include <semaphore.h>
#include <string.h>

namespace {

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
pthread_barrier_t barrier;
sem_t ping, pong;
int waiting, go, released, arrived;

void *wait_for_go(void *)
{
  pthread_mutex_lock(&mutex);
  ++waiting;
  while (!go)
    pthread_cond_wait(&cond, &mutex);
  if (go != 99) --go;
  ++released;
  pthread_mutex_unlock(&mutex);
  return nullptr;
}

/// Number of threads that were released so far.
int count()
{
  pthread_mutex_lock(&mutex);
  int const n = released;
  pthread_mutex_unlock(&mutex);
  return n;
}

void let_go(int n)
{
  pthread_mutex_lock(&mutex);
  go = n;
  pthread_mutex_unlock(&mutex);
}

void *pass_barrier(void *)
{
  long serial = 0;
  for (int round = 1; round <= 20; ++round) {
    __atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
    int const r = pthread_barrier_wait(&barrier);
    CHECK(__atomic_load_n(&arrived, __ATOMIC_SEQ_CST) >= 4 * round);
    if (r == PTHREAD_BARRIER_SERIAL_THREAD)
      ++serial;
    else
      CHECK(r == 0);
  }
  return reinterpret_cast<void *>(serial);
}

void *answer(void *)
{
  for (int i = 0; i < 200; ++i) {
    sem_wait(&ping);
    sem_post(&pong);
  }
  return nullptr;
}

CASE("signal wakes one, broadcast all")
{
  waiting = go = released = 0;
  pthread_t t[4];
  for (pthread_t &id : t)
    id = start(wait_for_go);
  sleep_ms(5);
  CHECK(waiting == 4);
  let_go(1);
  CHECK(pthread_cond_signal(&cond) == 0);
  sleep_ms(5);
  CHECK(count() == 1);
  let_go(99);
  CHECK(pthread_cond_broadcast(&cond) == 0);
  for (pthread_t id : t)
    join(id);
  CHECK(count() == 4);
  CHECK(pthread_cond_destroy(&cond) == 0);
}

CASE("timedwait times out with the mutex held")
{
  pthread_mutex_lock(&mutex);
  timespec const end = in_ms(5);
  CHECK(pthread_cond_timedwait(&cond, &mutex, &end) == ETIMEDOUT);
  CHECK(pthread_mutex_trylock(&mutex) == EBUSY);
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  CHECK(now.tv_sec > end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec >= end.tv_nsec));
  pthread_mutex_unlock(&mutex);
}

CASE("a condition's clock can be the monotonic one")
{
  pthread_condattr_t attr;
  pthread_condattr_init(&attr);
  CHECK(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0);
  CHECK(pthread_condattr_setclock(&attr, CLOCK_THREAD_CPUTIME_ID) == EINVAL);
  clockid_t clock = 0;
  CHECK(pthread_condattr_getclock(&attr, &clock) == 0 && clock == CLOCK_MONOTONIC);
}

CASE("a barrier lets all pass together, one of them serial")
{
  arrived = 0;
  CHECK(pthread_barrier_init(&barrier, nullptr, 0) == EINVAL);
  CHECK(pthread_barrier_init(&barrier, nullptr, 4) == 0);
  pthread_t t[4];
  for (pthread_t &id : t)
    id = start(pass_barrier);
  long serial = 0;
  for (pthread_t id : t)
    serial += reinterpret_cast<long>(join(id));
  CHECK(serial == 20);
  CHECK(pthread_barrier_destroy(&barrier) == 0);
}

CASE("semaphores: two threads take turns")
{
  sem_init(&ping, 0, 0);
  sem_init(&pong, 0, 0);
  pthread_t const t = start(answer);
  for (int i = 0; i < 200; ++i) {
    CHECK(sem_post(&ping) == 0);
    CHECK(sem_wait(&pong) == 0);
  }
  join(t);
}

CASE("semaphores: trywait, timedwait, value")
{
  sem_t s;
  int value = 0;
  CHECK(sem_init(&s, 0, 2) == 0);
  CHECK(sem_trywait(&s) == 0 && sem_trywait(&s) == 0);
  CHECK(sem_trywait(&s) == -1 && errno == EAGAIN);
  timespec const end = in_ms(3);
  CHECK(sem_timedwait(&s, &end) == -1 && errno == ETIMEDOUT);
  CHECK(sem_post(&s) == 0);
  CHECK(sem_getvalue(&s, &value) == 0 && value == 1);
  CHECK(sem_destroy(&s) == 0);
}

CASE("semaphores: bounds")
{
  sem_t s;
  CHECK(sem_init(&s, 1, 0) == -1 && errno == ENOTSUP);
  CHECK(sem_init(&s, 0, 0x80000000U) == -1 && errno == EINVAL);
  CHECK(sem_init(&s, 0, SEM_VALUE_MAX) == 0);
  CHECK(sem_post(&s) == -1 && errno == EOVERFLOW);
}

bool fails(sem_t *opened, int error)
{
  return opened == SEM_FAILED && errno == error;
}

void *post_by_name(void *)
{
  sem_t *const s = sem_open("/a-name", 0);
  CHECK(s != SEM_FAILED);
  CHECK(sem_post(s) == 0);
  CHECK(sem_close(s) == 0);
  return nullptr;
}

CASE("named semaphores: one object for each name, as long as somebody has it")
{
  CHECK(fails(sem_open("/a-name", 0), ENOENT));
  sem_t *const s = sem_open("/a-name", O_CREAT, 0600, 1);
  CHECK(s != SEM_FAILED);
  CHECK(sem_open("/a-name", O_CREAT, 0600, 7) == s); // the value counts for new ones only
  CHECK(fails(sem_open("/a-name", O_CREAT | O_EXCL, 0600, 1), EEXIST));
  int value = 0;
  CHECK(sem_getvalue(s, &value) == 0 && value == 1);
  CHECK(sem_wait(s) == 0);
  pthread_t const t = start(post_by_name);
  CHECK(sem_wait(s) == 0);
  join(t);
  CHECK(sem_close(s) == 0);

  // The name stays behind the last close, and the semaphore behind the name.
  CHECK(sem_post(s) == 0);
  CHECK(sem_close(s) == 0);
  CHECK(sem_close(s) == -1 && errno == EINVAL);
  CHECK(sem_open("/a-name", 0) == s);
  CHECK(sem_unlink("/a-name") == 0);
  CHECK(sem_unlink("/a-name") == -1 && errno == ENOENT);
  CHECK(fails(sem_open("/a-name", 0), ENOENT));
  sem_t *const other = sem_open("/a-name", O_CREAT | O_EXCL, 0600, 5);
  CHECK(other != SEM_FAILED && other != s);
  CHECK(sem_trywait(s) == 0);
  CHECK(sem_close(s) == 0);
  CHECK(sem_unlink("/a-name") == 0);
  CHECK(sem_close(other) == 0);
}

CASE("named semaphores: bad names and values")
{
  char name[NAME_MAX + 3];
  memset(name, 'x', sizeof(name));
  name[0] = '/';
  name[NAME_MAX + 2] = 0;
  CHECK(fails(sem_open(name, O_CREAT, 0600, 1), ENAMETOOLONG));
  CHECK(sem_unlink(name) == -1 && errno == ENAMETOOLONG);
  for (char const *bad : {"", "/", "no-slash", "/two/parts"}) {
    CHECK(fails(sem_open(bad, O_CREAT, 0600, 1), EINVAL));
    CHECK(sem_unlink(bad) == -1 && errno == ENOENT);
  }
  CHECK(fails(sem_open("/big", O_CREAT, 0600, 0x80000000U), EINVAL));
  sem_t unnamed;
  sem_init(&unnamed, 0, 0);
  CHECK(sem_close(&unnamed) == -1 && errno == EINVAL);
}

} // namespace

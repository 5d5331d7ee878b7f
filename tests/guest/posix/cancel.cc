// SPDX-License-Identifier: MIT
// Cancellation.
#include "posix.h"

#include <semaphore.h>

namespace {

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
sem_t semaphore;
int ends[2];
volatile int cleaned;

void clean(void *)
{
  cleaned = cleaned + 1;
}

void unlock(void *)
{
  cleaned = cleaned + (pthread_mutex_unlock(&mutex) == 0);
}

/// Blocks at the cancellation point of its number.
void *block(void *which)
{
  char c;
  pthread_cleanup_push(clean, nullptr);
  switch (reinterpret_cast<l4_addr_t>(which)) {
  case 0: sleep(1000); break;
  case 1: sem_wait(&semaphore); break;
  case 2: (void)read(ends[0], &c, 1); break;
  case 3:
    for (;;)
      pthread_testcancel();
  default: break;
  }
  pthread_cleanup_pop(0);
  return nullptr;
}

CASE("POSIX pthread_cancel", "ends nanosleep, sem_wait, read, testcancel; handlers run")
{
  REQUIRE(pipe(ends) == 0);
  sem_init(&semaphore, 0, 0);
  for (l4_addr_t which = 0; which < 4; ++which) {
    cleaned = 0;
    pthread_t const t = start(block, reinterpret_cast<void *>(which));
    sleep_ms(5);
    CHECK_EQ(pthread_cancel(t), 0);
    CHECK(join(t) == PTHREAD_CANCELED);
    CHECK_EQ(cleaned, 1);
  }
  close(ends[0]);
  close(ends[1]);
}

void *wait_cond(void *)
{
  pthread_mutex_lock(&mutex);
  pthread_cleanup_push(unlock, nullptr);
  for (;;)
    pthread_cond_wait(&cond, &mutex);
  pthread_cleanup_pop(0);
  return nullptr;
}

CASE("POSIX pthread_cancel", "in pthread_cond_wait the handler finds the mutex locked")
{
  cleaned = 0;
  pthread_t const t = start(wait_cond);
  sleep_ms(5);
  CHECK_EQ(pthread_cancel(t), 0);
  CHECK(join(t) == PTHREAD_CANCELED);
  CHECK_EQ(cleaned, 1);
  CHECK_EQ(pthread_mutex_trylock(&mutex), 0);
  pthread_mutex_unlock(&mutex);
}

void *disabled(void *)
{
  int old;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
  sleep_ms(30);
  pthread_testcancel();
  cleaned = 1;
  pthread_setcancelstate(old, nullptr);
  pthread_testcancel();
  cleaned = 2;
  return nullptr;
}

CASE("POSIX pthread_setcancelstate", "a disabled request waits until it is enabled")
{
  cleaned = 0;
  pthread_t const t = start(disabled);
  sleep_ms(5);
  CHECK_EQ(pthread_cancel(t), 0);
  CHECK(join(t) == PTHREAD_CANCELED);
  CHECK_EQ(cleaned, 1);
}

void *compute(void *)
{
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, nullptr);
  for (;;)
    cleaned = cleaned + 1;
}

CASE("POSIX pthread_setcanceltype", "asynchronously a thread ends in the middle of a loop")
{
  cleaned = 0;
  pthread_t const t = start(compute);
  while (!cleaned)
    sleep_ms(1);
  CHECK_EQ(pthread_cancel(t), 0);
  CHECK(join(t) == PTHREAD_CANCELED);
}

void *at_once(void *)
{
  pthread_testcancel();
  return nullptr;
}

CASE("POSIX pthread_cancel", "before the thread ran at all, and of a joiner")
{
  for (int i = 0; i < 20; ++i) {
    pthread_t const t = start(at_once);
    CHECK_EQ(pthread_cancel(t), 0);
    join(t);
  }
  pthread_t const sleeper = start(block, nullptr);
  pthread_t const joiner = start(
      [](void *t) -> void * {
        pthread_join(reinterpret_cast<pthread_t>(t), nullptr);
        return nullptr;
      },
      reinterpret_cast<void *>(sleeper));
  sleep_ms(5);
  CHECK_EQ(pthread_cancel(joiner), 0);
  CHECK(join(joiner) == PTHREAD_CANCELED);
  CHECK_EQ(pthread_cancel(sleeper), 0);
  CHECK(join(sleeper) == PTHREAD_CANCELED);
}

} // namespace

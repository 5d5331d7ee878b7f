/* SPDX-License-Identifier: MIT */
/* What only C can use: <stdatomic.h> and <threads.h>. Each function answers 0, or the line that
 * failed. */
#include "c11.h"

#include <stdatomic.h>
#include <threads.h>

#define REQUIRE(condition)                                                                         \
  do                                                                                               \
    if (!(condition)) return __LINE__;                                                             \
  while (0)

enum { Threads = 4, Rounds = 200 };

static mtx_t mutex;
static cnd_t changed;
static tss_t key;
static once_flag once = ONCE_FLAG_INIT;
static atomic_int sum, calls, destroyed;
static int turns;
static thread_local int mine;

static void count_call(void) { atomic_fetch_add(&calls, 1); }

static void count_destroyed(void *value)
{
  (void)value;
  atomic_fetch_add(&destroyed, 1);
}

static int work(void *argument)
{
  call_once(&once, count_call);
  tss_set(key, argument);
  for (int i = 0; i < Rounds; ++i) {
    ++mine;
    atomic_fetch_add_explicit(&sum, 1, memory_order_relaxed);
    mtx_lock(&mutex);
    ++turns;
    cnd_signal(&changed);
    mtx_unlock(&mutex);
  }
  return mine;
}

int c11_threads(void)
{
  thrd_t threads[Threads];
  int result;
  atomic_store(&sum, 0);
  atomic_store(&destroyed, 0);
  turns = mine = 0;
  REQUIRE(mtx_init(&mutex, mtx_plain) == thrd_success && cnd_init(&changed) == thrd_success);
  REQUIRE(tss_create(&key, count_destroyed) == thrd_success);
  for (int i = 0; i < Threads; ++i)
    REQUIRE(thrd_create(&threads[i], work, &threads[i]) == thrd_success);
  mtx_lock(&mutex);
  while (turns < Threads * Rounds)
    cnd_wait(&changed, &mutex);
  mtx_unlock(&mutex);
  for (int i = 0; i < Threads; ++i)
    REQUIRE(thrd_join(threads[i], &result) == thrd_success && result == Rounds);
  REQUIRE(atomic_load(&sum) == Threads * Rounds && atomic_load(&calls) == 1 && mine == 0);
  REQUIRE(atomic_load(&destroyed) == Threads);
  tss_delete(key);
  cnd_destroy(&changed);
  mtx_destroy(&mutex);
  return 0;
}

int c11_times(void)
{
  struct timespec past = {0, 0}, little = {0, 1000000};
  REQUIRE(mtx_init(&mutex, mtx_timed) == thrd_success && cnd_init(&changed) == thrd_success);
  REQUIRE(mtx_lock(&mutex) == thrd_success && mtx_trylock(&mutex) == thrd_busy);
  REQUIRE(mtx_timedlock(&mutex, &past) == thrd_timedout);
  REQUIRE(cnd_timedwait(&changed, &mutex, &past) == thrd_timedout);
  REQUIRE(mtx_unlock(&mutex) == thrd_success && thrd_sleep(&little, 0) == 0);
  REQUIRE(mtx_init(&mutex, 99) == thrd_error);
  mtx_destroy(&mutex);
  cnd_destroy(&changed);
  return 0;
}

struct triple {
  long a, b, c;
};

int c11_atomics(void)
{
  _Atomic struct triple object;
  struct triple next = {1, 2, 3}, expected = {0, 0, 0};
  atomic_flag flag = ATOMIC_FLAG_INIT;
  atomic_init(&object, expected);
  REQUIRE(atomic_compare_exchange_strong(&object, &expected, next));
  REQUIRE(!atomic_compare_exchange_strong(&object, &expected, next) && expected.c == 3);
  REQUIRE(atomic_load(&object).b == 2 && !atomic_is_lock_free(&object));
  REQUIRE(!atomic_flag_test_and_set(&flag) && atomic_flag_test_and_set(&flag));
  return 0;
}

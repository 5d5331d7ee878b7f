// SPDX-License-Identifier: MIT
/*
 * Threads of C11 (<threads.h>) by those of POSIX.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

namespace {

int answer(int error)
{
  switch (error) {
  case 0: return thrd_success;
  case EBUSY: return thrd_busy;
  case ENOMEM: return thrd_nomem;
  case ETIMEDOUT: return thrd_timedout;
  default: return thrd_error;
  }
}

struct Start {
  thrd_start_t function;
  void *argument;
};

void *result_of(int value) { return reinterpret_cast<void *>(static_cast<intptr_t>(value)); }

void *begin(void *start)
{
  Start const s = *static_cast<Start *>(start);
  free(start);
  return result_of(s.function(s.argument));
}

} // namespace

extern "C" {

int thrd_create(thrd_t *thread, thrd_start_t function, void *argument)
{
  auto *const start = static_cast<Start *>(malloc(sizeof(Start)));
  if (!start) return thrd_nomem;
  *start = {function, argument};
  int const error = pthread_create(thread, nullptr, begin, start);
  if (error) free(start);
  return error == EAGAIN ? thrd_nomem : answer(error);
}

thrd_t thrd_current() { return pthread_self(); }

int thrd_equal(thrd_t a, thrd_t b) { return pthread_equal(a, b); }

void thrd_exit(int result) { pthread_exit(result_of(result)); }

int thrd_join(thrd_t thread, int *result)
{
  void *value = nullptr;
  int const error = pthread_join(thread, &value);
  if (!error && result) *result = static_cast<int>(reinterpret_cast<intptr_t>(value));
  return answer(error);
}

int thrd_detach(thrd_t thread) { return answer(pthread_detach(thread)); }

int thrd_sleep(timespec const *duration, timespec *remaining)
{
  constexpr int Signal = -1, Other = -2;
  if (nanosleep(duration, remaining) == 0) return 0;
  return errno == EINTR ? Signal : Other;
}

void thrd_yield() { sched_yield(); }

int mtx_init(mtx_t *mutex, int type)
{
  if (type & ~(mtx_recursive | mtx_timed)) return thrd_error;
  pthread_mutexattr_t attr;
  pthread_mutexattr_init(&attr);
  pthread_mutexattr_settype(&attr,
                            type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL);
  return answer(pthread_mutex_init(mutex, &attr));
}

void mtx_destroy(mtx_t *mutex) { pthread_mutex_destroy(mutex); }

int mtx_lock(mtx_t *mutex) { return answer(pthread_mutex_lock(mutex)); }

int mtx_trylock(mtx_t *mutex) { return answer(pthread_mutex_trylock(mutex)); }

int mtx_timedlock(mtx_t *mutex, timespec const *end)
{
  return answer(pthread_mutex_timedlock(mutex, end));
}

int mtx_unlock(mtx_t *mutex) { return answer(pthread_mutex_unlock(mutex)); }

int cnd_init(cnd_t *condition) { return answer(pthread_cond_init(condition, nullptr)); }

void cnd_destroy(cnd_t *condition) { pthread_cond_destroy(condition); }

int cnd_signal(cnd_t *condition) { return answer(pthread_cond_signal(condition)); }

int cnd_broadcast(cnd_t *condition) { return answer(pthread_cond_broadcast(condition)); }

int cnd_wait(cnd_t *condition, mtx_t *mutex) { return answer(pthread_cond_wait(condition, mutex)); }

int cnd_timedwait(cnd_t *condition, mtx_t *mutex, timespec const *end)
{
  return answer(pthread_cond_timedwait(condition, mutex, end));
}

int tss_create(tss_t *key, tss_dtor_t destructor)
{
  return answer(pthread_key_create(key, destructor));
}

void tss_delete(tss_t key) { pthread_key_delete(key); }

void *tss_get(tss_t key) { return pthread_getspecific(key); }

int tss_set(tss_t key, void *value) { return answer(pthread_setspecific(key, value)); }

void call_once(once_flag *flag, void (*function)()) { pthread_once(flag, function); }

} // extern "C"

// SPDX-License-Identifier: MIT
#pragma once

#include <pthread.h>
#include <time.h>

/// A case; registers itself.
struct Case {
  Case(char const *name, void (*run)());
  char const *name;
  void (*run)();
  Case *next;
};

/// Note a failure of the running case.
void check(bool good, char const *file, int line, char const *text);

#define CHECK(x)    check(bool(x), __FILE__, __LINE__, #x)
#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)
#define CASE(name)                                                                                 \
  static void JOIN(run_, __LINE__)();                                                              \
  static Case JOIN(case_, __LINE__)(name, JOIN(run_, __LINE__));                                   \
  static void JOIN(run_, __LINE__)()

inline timespec in_ms(long ms)
{
  timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  t.tv_nsec += ms * 1000000;
  t.tv_sec += t.tv_nsec / 1000000000;
  t.tv_nsec %= 1000000000;
  return t;
}

inline void sleep_ms(long ms)
{
  timespec t = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&t, nullptr);
}

inline pthread_t start(void *(*function)(void *), void *arg = nullptr)
{
  pthread_t t = 0;
  CHECK(pthread_create(&t, nullptr, function, arg) == 0);
  return t;
}

inline void *join(pthread_t t)
{
  void *result = nullptr;
  CHECK(pthread_join(t, &result) == 0);
  return result;
}

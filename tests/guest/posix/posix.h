// SPDX-License-Identifier: MIT
#pragma once

#include <l4/libtap/tap.h>

#include <errno.h>
#include <initializer_list>
#include <stdio.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/// A call that must fail with an error.
#define CHECK_FAILS(call, error)                                                                   \
  do {                                                                                             \
    errno = 0;                                                                                     \
    CHECK_EQ((call), -1);                                                                          \
    CHECK_EQ(errno, error);                                                                        \
  } while (0)

/// A file with a text in /tmp, gone with the object.
class Temporary {
public:
  explicit Temporary(char const *path, char const *text = "") : _path(path)
  {
    int const fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
    CHECK(fd >= 0);
    CHECK_EQ(write(fd, text, strlen(text)), strlen(text));
    close(fd);
  }
  ~Temporary() { unlink(_path); }
  Temporary(Temporary const &) = delete;

private:
  char const *_path;
};

/// What a file holds.
inline bool holds(char const *path, char const *text)
{
  char buffer[256];
  int const fd = open(path, O_RDONLY);
  ssize_t const n = read(fd, buffer, sizeof(buffer));
  close(fd);
  return n == static_cast<ssize_t>(strlen(text)) && !memcmp(buffer, text, strlen(text));
}

inline l4_uint64_t now_us()
{
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<l4_uint64_t>(t.tv_sec) * 1000000 + static_cast<l4_uint64_t>(t.tv_nsec) / 1000;
}

inline timespec ms(long n)
{
  return {n / 1000, n % 1000 * 1000000};
}

inline timespec from_now(long n)
{
  timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  t.tv_nsec += n % 1000 * 1000000;
  t.tv_sec += n / 1000 + t.tv_nsec / 1000000000;
  t.tv_nsec %= 1000000000;
  return t;
}

inline void sleep_ms(long n)
{
  timespec const t = ms(n);
  nanosleep(&t, nullptr);
}

inline pthread_t start(void *(*function)(void *), void *arg = nullptr)
{
  pthread_t t = 0;
  CHECK_EQ(pthread_create(&t, nullptr, function, arg), 0);
  return t;
}

inline void *join(pthread_t t)
{
  void *result = nullptr;
  CHECK_EQ(pthread_join(t, &result), 0);
  return result;
}

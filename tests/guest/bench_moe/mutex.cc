// SPDX-License-Identifier: MIT
// A POSIX mutex between marker instructions: alone, and handed to a thread that waits for it.
#include <l4/libtap/tap.h>

#include <pthread.h>
#include <unistd.h>

#include "markers.h"

using namespace Tap;

namespace {

constexpr unsigned Warm_up = 16, Samples = 1000;
constexpr unsigned Pause = 20; ///< microseconds: the other thread gets as far as it can

struct Contest {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  unsigned volatile wanted = 0, got = 0;
};

void *want(void *argument)
{
  Contest &contest = *static_cast<Contest *>(argument);
  for (unsigned i = 1; i <= Samples; ++i) {
    contest.wanted = i;
    pthread_mutex_lock(&contest.mutex);
    bench_end<Op_mutex_contended>();
    contest.got = i;
    pthread_mutex_unlock(&contest.mutex);
    while (contest.got == i)
      usleep(Pause);
  }
  return nullptr;
}

} // namespace

CASE("issue 6", "a mutex that nobody else wants")
{
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  int failed = 0;
  for (unsigned i = 0; i < Warm_up + Samples; ++i) {
    if (i >= Warm_up) bench_begin<Op_mutex>();
    failed |= pthread_mutex_lock(&mutex);
    failed |= pthread_mutex_unlock(&mutex);
    if (i >= Warm_up) bench_end<Op_mutex>();
  }
  CHECK_EQ(failed, 0);
}

CASE("issue 6", "a mutex that another thread waits for")
{
  static Contest contest;
  pthread_t thread;
  pthread_mutex_lock(&contest.mutex);
  REQUIRE(pthread_create(&thread, nullptr, want, &contest) == 0);
  for (unsigned i = 1; i <= Samples; ++i) {
    while (contest.wanted != i)
      usleep(Pause);
    usleep(Pause); // now it stands in the queue of the mutex
    bench_begin<Op_mutex_contended>();
    pthread_mutex_unlock(&contest.mutex);
    while (contest.got != i)
      usleep(Pause);
    pthread_mutex_lock(&contest.mutex);
    contest.got = 0;
  }
  pthread_mutex_unlock(&contest.mutex);
  pthread_join(thread, nullptr);
  CHECK_EQ(contest.wanted, Samples);
}

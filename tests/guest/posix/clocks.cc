// SPDX-License-Identifier: MIT
// Clocks and sleeping.
#include "posix.h"

#include <sys/time.h>
#include <sys/times.h>

namespace {

CASE("POSIX clock_gettime, clock_getres", "clocks advance, never back; unknown ones: EINVAL")
{
  timespec last = {}, t;
  for (clockid_t clock : {clockid_t{CLOCK_REALTIME}, clockid_t{CLOCK_MONOTONIC},
                          clockid_t{CLOCK_PROCESS_CPUTIME_ID}, clockid_t{CLOCK_THREAD_CPUTIME_ID}}) {
    last = {};
    for (int i = 0; i < 1000; ++i) {
      CHECK_EQ(clock_gettime(clock, &t), 0);
      bool const on = t.tv_sec > last.tv_sec ||
                      (t.tv_sec == last.tv_sec && t.tv_nsec >= last.tv_nsec);
      if (!on) CHECK(on);
      last = t;
    }
    CHECK_EQ(clock_getres(clock, &t), 0);
    CHECK(t.tv_nsec > 0 && t.tv_nsec <= 1000);
  }
  CHECK_FAILS(clock_gettime(77, &t), EINVAL);
  CHECK_FAILS(clock_settime(CLOCK_REALTIME, &t), EPERM);
}

CASE("POSIX nanosleep, clock_nanosleep", "never shorter than asked; absolute times; errors")
{
  l4_uint64_t begin = now_us();
  timespec t = {0, 10000001};
  CHECK_EQ(nanosleep(&t, nullptr), 0);
  CHECK(now_us() - begin >= 10001);
  clock_gettime(CLOCK_MONOTONIC, &t);
  t.tv_nsec += 10000000;
  if (t.tv_nsec >= 1000000000) {
    ++t.tv_sec;
    t.tv_nsec -= 1000000000;
  }
  CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, nullptr), 0);
  timespec after;
  clock_gettime(CLOCK_MONOTONIC, &after);
  CHECK(after.tv_sec > t.tv_sec || (after.tv_sec == t.tv_sec && after.tv_nsec >= t.tv_nsec));
  t = {1, 0};
  CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, nullptr), 0); // long ago
  t = {0, 1000000000};
  CHECK_FAILS(nanosleep(&t, nullptr), EINVAL);
  t = {-1, 0};
  CHECK_FAILS(nanosleep(&t, nullptr), EINVAL);
  CHECK_EQ(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &t, nullptr), EINVAL);
  begin = now_us();
  CHECK_EQ(usleep(5000), 0);
  CHECK(now_us() - begin >= 5000);
}

CASE("POSIX gmtime_r, localtime_r, mktime", "there and back, and nothing behind the structure is written")
{
  struct {
    tm t;
    unsigned char behind[32];
  } place;
  time_t const time = 1700000000;
  for (auto convert : {gmtime_r, localtime_r}) {
    memset(&place, 0xa5, sizeof(place));
    CHECK(convert(&time, &place.t) == &place.t);
    CHECK(place.t.tm_year == 123 && place.t.tm_mon == 10 && place.t.tm_mday == 14);
    CHECK_EQ(mktime(&place.t), time);
    for (unsigned char byte : place.behind)
      CHECK_EQ(byte, 0xa5);
  }
  char text[64];
  CHECK_EQ(strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %Z %z", &place.t), 29);
  CHECK(!strcmp(text, "2023-11-14 22:13:20 GMT +0000"));
}

CASE("POSIX gettimeofday, time, times", "agree with the clock")
{
  timeval tv;
  timespec ts;
  tms cpu;
  clock_gettime(CLOCK_REALTIME, &ts);
  CHECK_EQ(gettimeofday(&tv, nullptr), 0);
  CHECK(tv.tv_sec - ts.tv_sec <= 1);
  CHECK(time(nullptr) - ts.tv_sec <= 1);
  CHECK(times(&cpu) != static_cast<clock_t>(-1));
  CHECK_EQ(cpu.tms_cutime, 0);
}

} // namespace

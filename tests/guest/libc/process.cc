// SPDX-License-Identifier: MIT
#include "args.h"

#include <l4/libtap/tap.h>
#include <l4/re/env.h>
#include <l4/sys/kip.h>
#include <l4/sys/utcb.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

namespace {

int early;
__attribute__((constructor(101))) void set_early()
{
  early = 1;
}
struct Constructed {
  Constructed() : seen(early + 1) {}
  int seen;
} constructed;

thread_local int tls_value = 42;
thread_local int tls_zero;

CASE("process-environment 11", "constructors ran in order")
{
  CHECK_EQ(constructed.seen, 2);
}

CASE("process-environment 5", "arguments arrive")
{
  CHECK_EQ(test_argc, 3);
  REQUIRE(test_argc == 3);
  CHECK(strstr(test_argv[0], "test_libc"));
  CHECK(!strcmp(test_argv[1], "one"));
  CHECK(!strcmp(test_argv[2], "two words"));
  CHECK(test_argv[3] == nullptr);
}

CASE("process-environment 3", "the environment structure is filled in")
{
  l4re_env_t const *e = l4re_env();
  CHECK(l4_is_valid_cap(e->parent) && l4_is_valid_cap(e->rm) && l4_is_valid_cap(e->mem_alloc));
  CHECK(l4_is_valid_cap(e->log) && l4_is_valid_cap(e->factory) && l4_is_valid_cap(e->scheduler));
  CHECK(l4re_env_get_cap_l("rom", 3, e) != nullptr);
  CHECK(l4re_env_get_cap_l("ro", 2, e) == nullptr);
  CHECK_EQ(l4_kip()->magic, L4_KERNEL_INFO_MAGIC);
}

CASE("libc", "getenv and setenv")
{
  CHECK(getenv("NO_SUCH_NAME") == nullptr);
  CHECK_EQ(setenv("COLOUR", "green", 1), 0);
  REQUIRE(getenv("COLOUR"));
  CHECK(!strcmp(getenv("COLOUR"), "green"));
  CHECK_EQ(unsetenv("COLOUR"), 0);
  CHECK(getenv("COLOUR") == nullptr);
}

CASE("libc", "thread-local variables have their initial values")
{
  CHECK_EQ(tls_value, 42);
  CHECK_EQ(tls_zero, 0);
  tls_zero = 1;
  CHECK_EQ(tls_value, 42);
  tls_zero = 0;
}

CASE("libc", "clocks go forward and agree")
{
  timespec a, b;
  timeval tv;
  CHECK_EQ(clock_gettime(CLOCK_MONOTONIC, &a), 0);
  CHECK_EQ(usleep(20000), 0);
  CHECK_EQ(clock_gettime(CLOCK_MONOTONIC, &b), 0);
  CHECK_EQ(gettimeofday(&tv, nullptr), 0);
  long long const slept = (b.tv_sec - a.tv_sec) * 1000000000LL + (b.tv_nsec - a.tv_nsec);
  CHECK_GE(slept, 20000000);
  CHECK_LE(slept, 200000000);
  CHECK_GE(tv.tv_sec * 1000000LL + tv.tv_usec + 1, b.tv_sec * 1000000LL + b.tv_nsec / 1000);
  CHECK_EQ(clock_gettime(static_cast<clockid_t>(77), &a), -1);
  CHECK_EQ(errno, EINVAL);
  CHECK_NE(clock(), static_cast<clock_t>(-1));
}

CASE("libc", "sleeping checks its argument and returns after the time")
{
  timespec bad = {0, 1000000000}, zero = {0, 0}, ms = {0, 1000000};
  CHECK_EQ(nanosleep(&bad, nullptr), -1);
  CHECK_EQ(errno, EINVAL);
  CHECK_EQ(nanosleep(&zero, nullptr), 0);
  CHECK_EQ(nanosleep(&ms, nullptr), 0);
  CHECK_EQ(sleep(0), 0);
  timespec past = {0, 1};
  CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &past, nullptr), 0);
}

CASE("process-environment 13", "the three descriptors are the log, others do not exist")
{
  struct stat st;
  CHECK_EQ(isatty(1), 1);
  CHECK_EQ(fstat(2, &st), 0);
  CHECK(S_ISCHR(st.st_mode));
  CHECK_EQ(write(7, "x", 1), -1);
  CHECK_EQ(errno, EBADF);
  CHECK_EQ(lseek(1, 0, SEEK_SET), -1);
  CHECK_EQ(errno, ESPIPE);
}

CASE("process-environment 13", "writing preserves the message registers")
{
  l4_msg_regs_t *mr = l4_utcb_mr();
  for (unsigned i = 0; i < 63; ++i)
    mr->mr[i] = i * 0x1111;
  char text[600];
  memset(text, '#', sizeof(text));
  text[599] = '\n';
  ssize_t const n = write(1, text, sizeof(text));
  bool ok = true;
  for (unsigned i = 0; i < 63; ++i)
    ok = ok && mr->mr[i] == i * 0x1111;
  CHECK(ok);
  CHECK_EQ(n, 600);
}

volatile sig_atomic_t caught;
void handler(int)
{
  caught = 1;
}

CASE("libc", "raise calls the handler")
{
  signal(SIGUSR1, handler);
  CHECK_EQ(raise(SIGUSR1), 0);
  CHECK_EQ(caught, 1);
}

CASE("libc", "getentropy fills the buffer and knows its limit")
{
  unsigned char a[32] = {}, b[32] = {};
  CHECK_EQ(getentropy(a, sizeof(a)), 0);
  CHECK_EQ(getentropy(b, sizeof(b)), 0);
  CHECK(memcmp(a, b, sizeof(a)) != 0);
  static char big[257];
  CHECK_EQ(getentropy(big, sizeof(big)), -1);
  CHECK_EQ(errno, EIO);
}

CASE("POSIX timer_create",
     "without libpthread no thread can be started for an expiry; signals are there")
{
  sigevent event = {};
  event.sigev_notify = SIGEV_THREAD;
  timer_t timer;
  CHECK_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), -1);
  CHECK_EQ(errno, ENOTSUP);
  event.sigev_notify = SIGEV_NONE;
  REQUIRE(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  CHECK_EQ(timer_delete(timer), 0);
  clockid_t clock = 0;
  CHECK_EQ(clock_getcpuclockid(getpid(), &clock), 0);
  CHECK_EQ(clock, CLOCK_PROCESS_CPUTIME_ID);
  CHECK_EQ(clock_getcpuclockid(12345, &clock), ESRCH);
}

} // namespace

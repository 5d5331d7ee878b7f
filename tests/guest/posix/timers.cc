// SPDX-License-Identifier: MIT
// Timers that send signals.
#include "posix.h"

#include <signal.h>
#include <sys/time.h>

namespace {

volatile int count;
volatile int value;

void tick(int, siginfo_t *info, void *)
{
  count = count + 1;
  value = info->si_value.sival_int;
}

void install(int signal)
{
  struct sigaction action = {};
  action.sa_sigaction = tick;
  action.sa_flags = SA_SIGINFO;
  CHECK_EQ(sigaction(signal, &action, nullptr), 0);
  count = 0;
}

void ignore(int signal_number)
{
  signal(signal_number, SIG_DFL);
}

CASE("POSIX alarm", "interrupts pause; the rest of the earlier alarm is returned")
{
  install(SIGALRM);
  CHECK_EQ(alarm(100), 0);
  unsigned const left = alarm(1);
  CHECK(left == 99 || left == 100);
  l4_uint64_t const begin = now_us();
  CHECK_FAILS(pause(), EINTR);
  CHECK(now_us() - begin >= 990000);
  CHECK_EQ(count, 1);
  CHECK_EQ(alarm(0), 0);
  ignore(SIGALRM);
}

CASE("POSIX setitimer", "comes again and again until it is stopped, also into a computation")
{
  install(SIGALRM);
  itimerval const every = {{0, 5000}, {0, 5000}}, stop = {};
  itimerval now;
  CHECK_EQ(setitimer(ITIMER_REAL, &every, nullptr), 0);
  l4_uint64_t const end = now_us() + 20000000;
  while (count < 5 && now_us() < end) {
  }
  CHECK(count >= 5);
  CHECK_EQ(getitimer(ITIMER_REAL, &now), 0);
  CHECK_EQ(now.it_interval.tv_usec, 5000);
  CHECK(now.it_value.tv_usec > 0 && now.it_value.tv_usec <= 5000);
  CHECK_EQ(setitimer(ITIMER_REAL, &stop, nullptr), 0);
  int const stopped = count;
  sleep_ms(20);
  CHECK_EQ(count, stopped);
  CHECK_FAILS(setitimer(ITIMER_PROF, &every, nullptr), EINVAL);
  ignore(SIGALRM);
}

CASE("POSIX write", "in a handler, which may come in the middle of a write")
{
  static int fd;
  fd = open("/dev/null", O_WRONLY);
  struct sigaction action = {};
  action.sa_handler = [](int) { count = count + (write(fd, "x", 1) == 1); };
  CHECK_EQ(sigaction(SIGALRM, &action, nullptr), 0);
  count = 0;
  itimerval const every = {{0, 1000}, {0, 1000}}, stop = {};
  CHECK_EQ(setitimer(ITIMER_REAL, &every, nullptr), 0);
  l4_uint64_t const end = now_us() + 20000000;
  while (count < 20 && now_us() < end) {
    CHECK_EQ(write(fd, "y", 1), 1);
    sleep_ms(0);
  }
  CHECK(count >= 20);
  CHECK_EQ(setitimer(ITIMER_REAL, &stop, nullptr), 0);
  close(fd);
  ignore(SIGALRM);
}

CASE("POSIX timer_create", "several timers with values; overruns; deletion")
{
  install(SIGUSR1);
  timer_t a, b;
  sigevent event = {};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  event.sigev_value.sival_int = 4711;
  CHECK_EQ(timer_create(CLOCK_MONOTONIC, &event, &a), 0);
  event.sigev_notify = SIGEV_NONE;
  CHECK_EQ(timer_create(CLOCK_REALTIME, &event, &b), 0);
  itimerspec const once = {{0, 0}, {0, 10000000}}, minute = {{60, 0}, {60, 0}};
  itimerspec now;
  CHECK_EQ(timer_settime(b, 0, &minute, nullptr), 0);
  CHECK_EQ(timer_settime(a, 0, &once, nullptr), 0);
  timespec t = ms(1000);
  CHECK_FAILS(nanosleep(&t, nullptr), EINTR);
  CHECK_EQ(count, 1);
  CHECK_EQ(value, 4711);
  CHECK_EQ(timer_gettime(a, &now), 0);
  CHECK_EQ(now.it_value.tv_sec + now.it_value.tv_nsec, 0);
  CHECK_EQ(timer_gettime(b, &now), 0);
  CHECK(now.it_value.tv_sec >= 58);

  // Blocked for several periods: one signal, the others are counted.
  sigset_t set, old;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  itimerspec const often = {{0, 2000000}, {0, 2000000}}, stop = {};
  CHECK_EQ(timer_settime(a, 0, &often, nullptr), 0);
  l4_uint64_t const end = now_us() + 20000000;
  while (count < 4 && now_us() < end) {
  }
  CHECK_EQ(timer_settime(a, 0, &stop, nullptr), 0);
  CHECK(count > 2);
  CHECK_EQ(sigprocmask(SIG_BLOCK, &set, &old), 0);
  CHECK_EQ(timer_delete(a), 0);
  CHECK_FAILS(timer_delete(a), EINVAL);
  CHECK_EQ(timer_delete(b), 0);
  CHECK_EQ(sigprocmask(SIG_SETMASK, &old, nullptr), 0);
  CHECK_FAILS(timer_create(99, nullptr, &a), EINVAL);
  ignore(SIGUSR1);
}

unsigned expiries, wrong;
l4_size_t stack_of_thread;
timer_t called_for;

/// In a thread of its own, with signals blocked.
void expired(sigval v)
{
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  pthread_attr_t attr;
  void *stack;
  size_t size = 0;
  pthread_getattr_np(pthread_self(), &attr);
  pthread_attr_getstack(&attr, &stack, &size);
  stack_of_thread = size;
  wrong += v.sival_ptr != &called_for || !sigismember(&mask, SIGUSR1);
  __atomic_fetch_add(&expiries, 1, __ATOMIC_SEQ_CST);
}

unsigned wait_for_expiries(unsigned n)
{
  l4_uint64_t const end = now_us() + 20000000;
  while (__atomic_load_n(&expiries, __ATOMIC_SEQ_CST) < n && now_us() < end)
    sleep_ms(1);
  return __atomic_load_n(&expiries, __ATOMIC_SEQ_CST);
}

CASE("POSIX timer_create", "SIGEV_THREAD: a function in a thread with the attributes asked for")
{
  expiries = wrong = 0;
  pthread_attr_t attr;
  pthread_attr_init(&attr);
  pthread_attr_setstacksize(&attr, 96 << 10);
  sigevent event = {};
  event.sigev_notify = SIGEV_THREAD;
  event.sigev_notify_function = expired;
  event.sigev_notify_attributes = &attr;
  event.sigev_value.sival_ptr = &called_for;
  timer_t timer, other;
  REQUIRE(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  event.sigev_notify_attributes = nullptr;
  REQUIRE(timer_create(CLOCK_MONOTONIC, &event, &other) == 0);
  itimerspec const once = {{0, 0}, {0, 2000000}}, often = {{0, 3000000}, {0, 3000000}}, stop = {};
  CHECK_EQ(timer_settime(timer, 0, &once, nullptr), 0);
  CHECK_EQ(wait_for_expiries(1), 1);
  CHECK_EQ(stack_of_thread, 96 << 10);
  sleep_ms(10);
  CHECK_EQ(expiries, 1);
  CHECK_EQ(timer_settime(other, 0, &often, nullptr), 0);
  CHECK_GE(wait_for_expiries(6), 6);
  CHECK_EQ(timer_settime(other, 0, &stop, nullptr), 0);
  sleep_ms(10);
  unsigned const stopped = expiries;
  sleep_ms(20);
  CHECK_EQ(expiries, stopped);
  CHECK_EQ(wrong, 0);
  CHECK_EQ(timer_delete(timer), 0);
  CHECK_EQ(timer_delete(other), 0);
  CHECK_FAILS(timer_create(99, &event, &timer), EINVAL);
  pthread_attr_destroy(&attr);
}

} // namespace

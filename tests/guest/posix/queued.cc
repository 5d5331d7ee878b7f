// SPDX-License-Identifier: MIT
// Signals with values, and realtime signals: none is lost, none comes twice.
#include "posix.h"

#include <signal.h>

namespace {

constexpr unsigned Most = 128;
struct Seen {
  int signal, code, value;
} seen[Most];
volatile unsigned count;

void note(int signal, siginfo_t *info, void *)
{
  if (count < Most) seen[count] = {signal, info->si_code, info->si_value.sival_int};
  count = count + 1;
}

/// Handlers for some signals, which are blocked while it lives.
class Blocked {
public:
  explicit Blocked(std::initializer_list<int> signals)
  {
    sigemptyset(&_set);
    struct sigaction action = {};
    action.sa_sigaction = note;
    action.sa_flags = SA_SIGINFO;
    for (int s : signals) {
      sigaddset(&_set, s);
      sigaddset(&action.sa_mask, s); // one after the other
    }
    for (int s : signals)
      CHECK_EQ(sigaction(s, &action, nullptr), 0);
    CHECK_EQ(sigprocmask(SIG_BLOCK, &_set, nullptr), 0);
    count = 0;
  }
  ~Blocked()
  {
    open();
    for (int s = 1; s < NSIG; ++s)
      if (sigismember(&_set, s)) signal(s, SIG_DFL);
  }
  Blocked(Blocked const &) = delete;
  void open() const { CHECK_EQ(sigprocmask(SIG_UNBLOCK, &_set, nullptr), 0); }
  sigset_t const *set() const { return &_set; }

private:
  sigset_t _set;
};

sigval value(int n)
{
  sigval v;
  v.sival_ptr = nullptr;
  v.sival_int = n;
  return v;
}

CASE("POSIX sigqueue",
     "realtime signals come in order of number, then of sending, with their values")
{
  static_assert(SIGRTMIN < SIGRTMAX && SIGRTMAX < NSIG);
  CHECK_GE(sysconf(_SC_RTSIG_MAX), 8);
  Blocked const blocked{SIGRTMIN, SIGRTMIN + 1, SIGRTMAX};
  for (int n = 0; n < 4; ++n) {
    CHECK_EQ(sigqueue(getpid(), SIGRTMAX, value(100 + n)), 0);
    CHECK_EQ(sigqueue(getpid(), SIGRTMIN, value(n)), 0);
    CHECK_EQ(kill(getpid(), SIGRTMIN + 1), 0);
  }
  sigset_t pending;
  sigpending(&pending);
  CHECK(sigismember(&pending, SIGRTMAX));
  CHECK_EQ(count, 0);
  blocked.open();
  REQUIRE(count == 12);
  for (int n = 0; n < 4; ++n) {
    CHECK_EQ(seen[n].signal, SIGRTMIN);
    CHECK_EQ(seen[n].value, n);
    CHECK_EQ(seen[n].code, SI_QUEUE);
    CHECK_EQ(seen[4 + n].signal, SIGRTMIN + 1);
    CHECK_EQ(seen[4 + n].code, SI_USER);
    CHECK_EQ(seen[8 + n].value, 100 + n);
  }
  sigpending(&pending);
  CHECK(!sigismember(&pending, SIGRTMIN));
}

CASE("POSIX sigqueue",
     "also other signals are queued with their values; raise() joins what is pending")
{
  Blocked const blocked{SIGUSR1};
  for (int n = 0; n < 3; ++n)
    CHECK_EQ(sigqueue(getpid(), SIGUSR1, value(n)), 0);
  CHECK_EQ(kill(getpid(), SIGUSR1), 0);
  blocked.open();
  CHECK_EQ(count, 3);
  for (int n = 0; n < 3; ++n)
    CHECK_EQ(seen[n].value, n);
}

CASE("POSIX sigqueue", "errors; the queue is full: EAGAIN, and has room again afterwards")
{
  CHECK_FAILS(sigqueue(12345, SIGRTMIN, value(0)), ESRCH);
  CHECK_FAILS(sigqueue(getpid(), NSIG, value(0)), EINVAL);
  CHECK_FAILS(sigqueue(getpid(), -1, value(0)), EINVAL);
  CHECK_EQ(sigqueue(getpid(), 0, value(0)), 0);
  long const max = sysconf(_SC_SIGQUEUE_MAX);
  REQUIRE(max >= 32 && max <= long{Most});
  for (int round = 0; round < 2; ++round) {
    Blocked const blocked{SIGRTMIN};
    for (int n = 0; n < max; ++n)
      CHECK_EQ(sigqueue(getpid(), SIGRTMIN, value(n)), 0);
    CHECK_FAILS(sigqueue(getpid(), SIGRTMIN, value(0)), EAGAIN);
    blocked.open();
    CHECK_EQ(count, max);
    CHECK_EQ(seen[max - 1].value, max - 1);
  }
}

int received[Most];

void *receive(void *set)
{
  siginfo_t info;
  for (;;) {
    if (sigwaitinfo(static_cast<sigset_t *>(set), &info) != SIGRTMIN) return nullptr;
    if (info.si_value.sival_int < 0) return nullptr; // the end
    __atomic_fetch_add(&received[info.si_value.sival_int], 1, __ATOMIC_RELAXED);
  }
}

/// Send when there is room.
void send_patiently(int n)
{
  while (sigqueue(getpid(), SIGRTMIN, value(n)) < 0) {
    CHECK_EQ(errno, EAGAIN);
    sleep_ms(1);
  }
}

CASE("POSIX sigwaitinfo", "several threads take each queued signal exactly once")
{
  Blocked const blocked{SIGRTMIN};
  constexpr int Threads = 3;
  memset(received, 0, sizeof(received));
  sigset_t set = *blocked.set();
  pthread_t t[Threads];
  for (pthread_t &thread : t)
    thread = start(receive, &set);
  for (unsigned n = 0; n < Most; ++n)
    send_patiently(static_cast<int>(n));
  for (int n = 0; n < Threads; ++n)
    send_patiently(-1);
  for (pthread_t thread : t)
    join(thread);
  unsigned good = 0;
  for (int n : received)
    good += n == 1;
  CHECK_EQ(good, Most);
  CHECK_EQ(count, 0); // no handler ran
}

void *wait_for_value(void *set)
{
  siginfo_t info = {};
  int const signal = sigwaitinfo(static_cast<sigset_t *>(set), &info);
  return reinterpret_cast<void *>(
      l4_addr_t{signal == SIGRTMAX && info.si_value.sival_int == 42 && info.si_pid == getpid()});
}

CASE("POSIX sigwaitinfo", "waits until a value comes; sigtimedwait: not for ever")
{
  Blocked const blocked{SIGRTMAX};
  sigset_t set = *blocked.set();
  pthread_t const t = start(wait_for_value, &set);
  sleep_ms(20);
  CHECK_EQ(sigqueue(getpid(), SIGRTMAX, value(42)), 0);
  CHECK(join(t));
  timespec const soon = ms(5);
  siginfo_t info;
  CHECK_FAILS(sigtimedwait(&set, &info, &soon), EAGAIN);
}

volatile bool may_end;

void *sleep_blocked(void *)
{
  while (!may_end)
    sleep_ms(1);
  return nullptr;
}

CASE("POSIX pthread_kill", "realtime signals of a thread are queued, and go with it")
{
  Blocked const blocked{SIGRTMIN};
  long const max = sysconf(_SC_SIGQUEUE_MAX);
  may_end = false;
  pthread_t const t = start(sleep_blocked); // it inherits the mask
  sleep_ms(10);                             // it has begun: signals are queued
  for (int n = 0; n < max; ++n)
    CHECK_EQ(pthread_kill(t, SIGRTMIN), 0);
  CHECK_FAILS(sigqueue(getpid(), SIGRTMIN, value(1)), EAGAIN);
  may_end = true;
  join(t);
  CHECK_EQ(sigqueue(getpid(), SIGRTMIN, value(1)), 0);
  for (int n = 0; n < 3; ++n)
    CHECK_EQ(raise(SIGRTMIN), 0);
  blocked.open();
  CHECK_EQ(count, 4);
}

CASE("POSIX timer_create", "with a realtime signal: one is pending, the others are counted")
{
  Blocked const blocked{SIGRTMIN + 3};
  sigevent event = {};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGRTMIN + 3;
  event.sigev_value = value(77);
  timer_t timer;
  REQUIRE(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  itimerspec const often = {{0, 2000000}, {0, 2000000}}, stop = {};
  CHECK_EQ(timer_settime(timer, 0, &often, nullptr), 0);
  sleep_ms(20);
  CHECK_EQ(timer_settime(timer, 0, &stop, nullptr), 0);
  blocked.open();
  CHECK_EQ(count, 1);
  CHECK_EQ(seen[0].value, 77);
  CHECK_EQ(seen[0].code, SI_TIMER);
  CHECK_EQ(timer_delete(timer), 0);
}

} // namespace

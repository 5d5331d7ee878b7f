// SPDX-License-Identifier: MIT
// Handlers, masks, and signals between threads.
#include "posix.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

namespace {

volatile int count, last;
volatile pthread_t handled_by;

void note(int signal)
{
  count = count + 1;
  last = signal;
  handled_by = pthread_self();
}

struct sigaction install(int signal, void (*handler)(int), int flags = 0)
{
  struct sigaction action = {}, old;
  action.sa_handler = handler;
  action.sa_flags = flags;
  CHECK_EQ(sigaction(signal, &action, &old), 0);
  return old;
}

sigset_t only(int signal)
{
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  return set;
}

CASE("POSIX sigaction, raise", "handlers run, are queried and replaced; bad signals: EINVAL")
{
  count = 0;
  install(SIGUSR1, note);
  CHECK_EQ(raise(SIGUSR1), 0);
  CHECK_EQ(count, 1);
  CHECK_EQ(last, SIGUSR1);
  struct sigaction now;
  CHECK_EQ(sigaction(SIGUSR1, nullptr, &now), 0);
  CHECK(now.sa_handler == note);
  CHECK(install(SIGUSR1, SIG_IGN).sa_handler == note);
  CHECK_EQ(raise(SIGUSR1), 0);
  CHECK_EQ(kill(getpid(), SIGUSR1), 0);
  CHECK_EQ(count, 1);
  install(SIGUSR1, SIG_DFL);
  CHECK_EQ(raise(SIGCHLD), 0); // ignored by default
  CHECK_FAILS(sigaction(SIGKILL, &now, nullptr), EINVAL);
  CHECK_FAILS(sigaction(99, nullptr, nullptr), EINVAL);
  CHECK_FAILS(kill(getpid(), 99), EINVAL);
  CHECK_FAILS(kill(12345, SIGUSR1), ESRCH);
  CHECK_EQ(kill(getpid(), 0), 0);
}

CASE("POSIX sigprocmask", "a blocked signal is pending once, and comes when it is let in")
{
  count = 0;
  install(SIGUSR1, note);
  sigset_t const set = only(SIGUSR1);
  sigset_t old, pending;
  CHECK_EQ(sigprocmask(SIG_BLOCK, &set, &old), 0);
  raise(SIGUSR1);
  raise(SIGUSR1);
  CHECK_EQ(count, 0);
  CHECK_EQ(sigpending(&pending), 0);
  CHECK(sigismember(&pending, SIGUSR1));
  CHECK_EQ(sigprocmask(SIG_SETMASK, &old, nullptr), 0);
  CHECK_EQ(count, 1);
  CHECK_EQ(pthread_sigmask(77, &set, nullptr), EINVAL);
  install(SIGUSR1, SIG_DFL);
}

int depth, deepest, calls;

void recurse(int signal)
{
  if (++depth > deepest) deepest = depth;
  if (++calls < 3) raise(signal);
  --depth;
}

CASE("POSIX sigaction", "a handler is not interrupted by its own signal, unless SA_NODEFER")
{
  depth = deepest = calls = 0;
  install(SIGUSR1, recurse);
  raise(SIGUSR1);
  CHECK_EQ(calls, 3);
  CHECK_EQ(deepest, 1);
  depth = deepest = calls = 0;
  install(SIGUSR1, recurse, SA_NODEFER);
  raise(SIGUSR1);
  CHECK_EQ(calls, 3);
  CHECK_EQ(deepest, 3);
  install(SIGUSR1, note, SA_RESETHAND);
  raise(SIGUSR1);
  struct sigaction now;
  sigaction(SIGUSR1, nullptr, &now);
  CHECK(now.sa_handler == SIG_DFL);
}

void *wait_a_bit(void *)
{
  timespec t = ms(100000), left = {};
  int const r = nanosleep(&t, &left);
  return reinterpret_cast<void *>(l4_addr_t{r < 0 && errno == EINTR && left.tv_sec >= 1});
}

CASE("POSIX pthread_kill", "interrupts a sleeping thread, which runs the handler: EINTR")
{
  count = 0;
  install(SIGUSR1, note);
  pthread_t const t = start(wait_a_bit);
  sleep_ms(10);
  CHECK_EQ(pthread_kill(t, SIGUSR1), 0);
  CHECK(join(t));
  CHECK_EQ(count, 1);
  CHECK(handled_by == t);
  CHECK_EQ(pthread_kill(pthread_self(), 0), 0);
  CHECK_EQ(pthread_kill(pthread_self(), 99), EINVAL);
  install(SIGUSR1, SIG_DFL);
}

extern "C" {
[[gnu::used]] int volatile red_zone_ready, red_zone_done;
}

/// Fills the 128 bytes below its stack pointer, waits for a handler, and looks what is there then.
void *use_red_zone(void *)
{
  l4_umword_t wrong = 0;
  asm volatile("sub $256, %%rsp\n mov $-128, %%rcx\n" // the compiler's own red zone lies above
               "1: mov %%rcx, (%%rsp, %%rcx)\n add $8, %%rcx\n jnz 1b\n"
               "movl $1, red_zone_ready(%%rip)\n"
               "2: pause\n cmpl $0, red_zone_done(%%rip)\n je 2b\n"
               "mov $-128, %%rcx\n"
               "3: mov (%%rsp, %%rcx), %%rax\n xor %%rcx, %%rax\n or %%rax, %0\n"
               "add $8, %%rcx\n jnz 3b\n add $256, %%rsp"
               : "+r"(wrong)
               :
               : "rax", "rcx", "cc", "memory");
  return reinterpret_cast<void *>(wrong);
}

CASE("psABI 3.2.2", "a handler leaves the red zone of what it interrupts alone")
{
  red_zone_ready = 0;
  red_zone_done = 0;
  install(SIGUSR1, [](int) { red_zone_done = 1; });
  pthread_t const t = start(use_red_zone);
  while (!red_zone_ready)
    sleep_ms(1);
  CHECK_EQ(pthread_kill(t, SIGUSR1), 0);
  CHECK(!join(t));
  install(SIGUSR1, SIG_DFL);
}

volatile bool stop;

void *compute(void *)
{
  unsigned long a = 1, b = 2, c = 3;
  double x = 1.5;
  while (!stop) {
    // Values that must survive an interruption anywhere.
    a = a * 3 + 1;
    b += a;
    c ^= b;
    x = x * 1.0 + 0.0;
    if (x != 1.5) return reinterpret_cast<void *>(1);
  }
  return reinterpret_cast<void *>(l4_addr_t{a + b + c == 0});
}

CASE("POSIX pthread_kill", "interrupts a computing thread 50 times without a trace")
{
  count = 0;
  stop = false;
  install(SIGUSR1, [](int s) {
    volatile double y = 3.25;
    y = y * y;
    note(s);
  });
  pthread_t const t = start(compute);
  for (int i = 1; i <= 50; ++i) {
    CHECK_EQ(pthread_kill(t, SIGUSR1), 0);
    for (int tries = 0; count < i && tries < 1000; ++tries)
      sleep_ms(1);
    CHECK_EQ(count, i);
  }
  stop = true;
  CHECK(!join(t));
  install(SIGUSR1, SIG_DFL);
}

int ends[2];

void *signal_then_write(void *to)
{
  sleep_ms(100); // long enough for the other to block, also on a busy machine
  pthread_kill(reinterpret_cast<pthread_t>(to), SIGUSR1);
  sleep_ms(20);
  return reinterpret_cast<void *>(write(ends[1], "x", 1));
}

CASE("POSIX SA_RESTART", "read is repeated with it, and fails with EINTR without")
{
  REQUIRE(pipe(ends) == 0);
  char c;
  auto const self = reinterpret_cast<void *>(pthread_self());
  install(SIGUSR1, note, SA_RESTART);
  pthread_t t = start(signal_then_write, self);
  CHECK_EQ(read(ends[0], &c, 1), 1);
  join(t);
  install(SIGUSR1, note);
  t = start(signal_then_write, self);
  CHECK_FAILS(read(ends[0], &c, 1), EINTR);
  CHECK_EQ(read(ends[0], &c, 1), 1);
  join(t);
  t = start(signal_then_write, self);
  pollfd p = {ends[0], POLLIN, 0};
  CHECK_FAILS(poll(&p, 1, 5000), EINTR);
  join(t);
  close(ends[0]);
  close(ends[1]);
  install(SIGUSR1, SIG_DFL);
}

void *send_usr2(void *to)
{
  sleep_ms(20);
  return reinterpret_cast<void *>(
      static_cast<l4_addr_t>(pthread_kill(reinterpret_cast<pthread_t>(to), SIGUSR2)));
}

CASE("POSIX sigsuspend, sigwait, sigtimedwait", "waiting for signals")
{
  count = 0;
  install(SIGUSR2, note);
  sigset_t set = only(SIGUSR2), none, old;
  sigemptyset(&none);
  CHECK_EQ(sigprocmask(SIG_BLOCK, &set, &old), 0);
  auto const self = reinterpret_cast<void *>(pthread_self());
  pthread_t t = start(send_usr2, self);
  CHECK_FAILS(sigsuspend(&none), EINTR);
  CHECK_EQ(count, 1);
  join(t);
  t = start(send_usr2, self);
  int signal = 0;
  CHECK_EQ(sigwait(&set, &signal), 0);
  CHECK_EQ(signal, SIGUSR2);
  CHECK_EQ(count, 1);
  join(t);
  timespec const soon = ms(10);
  siginfo_t info;
  CHECK_FAILS(sigtimedwait(&set, &info, &soon), EAGAIN);
  CHECK_EQ(kill(getpid(), SIGUSR2), 0);
  CHECK_EQ(sigtimedwait(&set, &info, &soon), SIGUSR2);
  CHECK_EQ(info.si_code, SI_USER);
  CHECK_EQ(sigprocmask(SIG_SETMASK, &old, nullptr), 0);
  CHECK_EQ(count, 1);
  install(SIGUSR2, SIG_DFL);
}

jmp_buf back;

CASE("POSIX longjmp", "out of a handler; the mask is the program's to restore")
{
  install(SIGUSR1, [](int) { longjmp(back, 1); });
  volatile int rounds = 0;
  sigset_t const set = only(SIGUSR1);
  if (setjmp(back)) {
    rounds = rounds + 1;
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
  }
  if (rounds < 3) raise(SIGUSR1);
  CHECK_EQ(rounds, 3);
  install(SIGUSR1, SIG_DFL);
}

} // namespace

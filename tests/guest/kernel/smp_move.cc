// SPDX-License-Identifier: MIT
// Threads that move between CPUs in every state (kernel-objects.md section 9, run_thread).
#include "smp.h"

#include <l4/sys/semaphore.h>

using namespace Tap;

namespace {

struct Target {
  l4_cap_idx_t cap;
  l4_umword_t volatile stop;
};

void call_until_stopped(Worker &me)
{
  Target &t = me.data<Target>();
  for (l4_umword_t i = 0; !load(t.stop); ++i)
    count(me.value[ask(t.cap, i) ? 0 : 1]);
}

} // namespace

CASE("kernel-objects.md 9", "a running thread moves, with its floating-point registers")
{
  Placed w(0, [](Worker &me) {
    double x = 1.5;
    l4_umword_t lost = 0;
    for (me.value[0] = 1; !load(me.value[1]); count(me.value[0])) {
      asm volatile("" : "+x"(x));
      lost += x != 1.5;
    }
    me.value[2] = lost;
  });
  for (unsigned i = 0; i < 200; ++i)
    CHECK_LABEL(run_on(w.cap(), i), 0);
  CHECK_LABEL(run_on(w.cap(), 1), 0);
  w.value[1] = 1;
  CHECK(w.finished(Long_wait));
  CHECK_EQ(w.value[2], 0);
}

CASE("kernel-objects.md 9", "a thread moves itself")
{
  Placed w(1, [](Worker &me) {
    for (unsigned i = 0; i < 100; ++i)
      if (!run_on(me.cap(), i).failed()) count(me.value[0]);
    run_on(me.cap(), 1);
  });
  CHECK(w.finished(Long_wait));
  CHECK_EQ(w.value[0], 100);
}

CASE("issue 3.4", "client and server move while they talk")
{
  Placed server(1, serve);
  Target t{server.cap(), 0};
  Placed a(2, call_until_stopped, &t), b(3, call_until_stopped, &t);
  for (unsigned i = 0; i < 150; ++i) {
    CHECK_LABEL(run_on(server.cap(), i * 3 + 1), 0);
    CHECK_LABEL(run_on(a.cap(), i), 0);
    CHECK_LABEL(run_on(b.cap(), i / 2), 0);
    sleep_us(100);
  }
  CHECK_LABEL(run_on(server.cap(), 1), 0);
  t.stop = 1;
  CHECK(a.finished(Long_wait));
  CHECK(b.finished(Long_wait));
  CHECK_GE(a.value[0] + b.value[0], 1);
  CHECK_EQ(a.value[1] + b.value[1], 0);
}

CASE("kernel-objects.md 9",
     "waiting threads move: sender, receiver with timeout, semaphore, parked")
{
  Semaphore sem;
  l4_cap_idx_t cap = sem, main = env.thread;
  Placed sender(
      1,
      [](Worker &me) {
        mr(0) = 77;
        me.result = invoke(me.data<l4_cap_idx_t>() | L4_SYSF_SEND, raw_tag(4, 1), Long_patience);
      },
      &main);
  Placed sleeper(1, [](Worker &me) { me.result = wait(pair(0, half(20000))); });
  Placed waiter(
      1, [](Worker &me) { me.result = semaphore_down(me.data<l4_cap_idx_t>(), Long_patience); },
      &cap);
  sleep_us(2000);
  for (unsigned i = 0; i < 40; ++i)
    for (Worker *w : {&sender, &sleeper, &waiter})
      CHECK_LABEL(run_on(w->cap(), i + 2), 0);
  CHECK_LABEL(wait(Long_patience), 4);
  CHECK_EQ(mr(0), 77);
  semaphore_up(sem);
  for (Worker *w : {&sender, &sleeper, &waiter})
    CHECK(w->finished(Long_wait));
  CHECK_EQ(sleeper.result.error(), L4_IPC_RETIMEOUT);
  CHECK(!sender.result.failed());
  CHECK(!waiter.result.failed());
}

CASE("kernel-objects.md 9", "a thread without a CPU waits until it gets one")
{
  Worker w([](Worker &me) { me.value[0] = 1; });
  CHECK_LABEL(call(env.scheduler, L4_PROTO_SCHEDULER,
                   {L4_SCHEDULER_RUN_THREAD_OP, 0, 0, Prio_main, 0}, {object(w.cap())}),
              0);
  w.start();
  sleep_us(1000);
  CHECK_EQ(w.value[0], 0);
  CHECK_LABEL(run_on(w.cap(), 1), 0);
  CHECK(w.finished(Long_wait));
}

CASE("kernel-entry.md 7", "a thread that was moved while it waited has its own segment bases")
{
  static constexpr l4_umword_t Mine = 0x111100000000, Theirs = 0x222200000000;
  Placed traveller(0, [](Worker &me) {
    __asm__ volatile("wrfsbase %0" : : "r"(Mine));
    invoke(Self | L4_SYSF_WAIT, 0, Never);
    for (;;) {
      l4_umword_t fs, gs;
      __asm__ volatile("rdfsbase %0\n rdgsbase %1" : "=r"(fs), "=r"(gs));
      mr(0) = fs;
      mr(1) = gs == me.utcb() + 0x1f8;
      invoke(Self | L4_SYSF_REPLY_AND_WAIT, raw_tag(0, 2), pair(Half_zero, 0));
    }
  });
  sleep_us(1000);
  l4_cap_idx_t cap = traveller.cap();
  for (unsigned i = 1; i < 12; ++i) {
    CHECK_LABEL(run_on(cap, i), 0);
    // a call on its new CPU: the fastest way to switch to it
    Placed caller(
        i,
        [](Worker &me) {
          __asm__ volatile("wrfsbase %0" : : "r"(Theirs));
          for (unsigned n = 0; n < 3; ++n) {
            me.result =
                invoke(me.data<l4_cap_idx_t>() | L4_SYSF_CALL, raw_tag(0, 0), Long_patience);
            l4_umword_t fs;
            __asm__ volatile("rdfsbase %0" : "=r"(fs));
            me.value[n] = mr(0) == Mine && mr(1) == 1 && fs == Theirs;
          }
        },
        &cap);
    CHECK(caller.finished(Long_wait));
    CHECK(!caller.result.failed());
    CHECK_EQ(caller.value[0] + caller.value[1] + caller.value[2], 3);
  }
}

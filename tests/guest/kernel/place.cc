// SPDX-License-Identifier: MIT
// On which CPU a thread runs after run_thread (kernel-objects.md section 9). Virtual time.
#include "smp.h"

#include <l4/sys/debugger.h>

using namespace Tap;

namespace {

/// The CPU of the only thread of a task, from the kernel's figures (docs/kernel.md 15).
l4_umword_t home_of_thread(Child_task &task)
{
  CHECK_LABEL(call(env.debugger, L4_PROTO_DEBUGGER, {0x502, 0}, {object(task)}), 0);
  return mr(2) >> 16 & 0xff;
}

struct Alone {
  Child_task task;
  Worker thread;
  Alone() : thread([](Worker &me) { me.value[0] = 1; }, nullptr, Prio_high, share()) {}
  Child_task *share()
  {
    CHECK_LABEL(task.share_image(), 0);
    return &task;
  }
  /// run_thread with these CPUs; returns where it is then.
  l4_umword_t place(l4_umword_t map, l4_umword_t offset_and_granularity = 0)
  {
    CHECK_LABEL(call(env.scheduler, L4_PROTO_SCHEDULER,
                     {L4_SCHEDULER_RUN_THREAD_OP, offset_and_granularity, map, Prio_high, 0},
                     {object(thread.cap())}),
                0);
    return home_of_thread(task);
  }
};

} // namespace

CASE("kernel-objects.md 9 CPU choice",
     "the home stays if it is in the set, else the caller's CPU, else the first")
{
  unsigned const cpus = cpu_count();
  l4_umword_t const last = cpus - 1;
  Alone a;
  CHECK_EQ(a.place(1ul << last), last);
  CHECK_EQ(a.place(~0ul), last);                // the home is in the set
  CHECK_EQ(a.place(1 | (cpus > 2 ? 2 : 0)), 0); // this CPU is
  if (cpus < 3) return;
  CHECK_EQ(a.place(1ul << last), last);
  CHECK_EQ(a.place(6), last == 2 ? 2 : 1); // neither: the first of the set, unless it is the home
}

CASE("kernel-objects.md 9 run_thread",
     "granularity: a bit stands for 2^g CPUs; the offset shifts the set")
{
  unsigned const cpus = cpu_count();
  Alone a;
  CHECK_EQ(a.place(1, 0xfful << 24), 0); // g is 24 at most: all CPUs
  if (cpus < 8) return;
  CHECK_EQ(a.place(2, 2ul << 24), 4);     // CPUs 4 to 7
  CHECK_EQ(a.place(1, 1ul << 24 | 6), 6); // CPUs 6 and 7
  CHECK_EQ(a.place(1, 5), 5);
}

CASE("kernel-objects.md 9 run_thread", "parameters may come before the thread is bound or started")
{
  Raw_thread thread;
  l4_umword_t const last = cpu_count() - 1;
  CHECK_LABEL(run_on(thread, unsigned(last), 77), 0);
  Child_task task;
  CHECK_LABEL(thread_bind(thread, task, task.next_utcb()), 0);
  CHECK_EQ(home_of_thread(task), last);
  CHECK_EQ(mr(2) >> 8 & 0xff, 77);
}

CASE("kernel-objects.md 9 idle_time", "of the first CPU of the set that is there")
{
  unsigned const cpus = cpu_count();
  for (unsigned cpu = 0; cpu < cpus; ++cpu) {
    auto const idle = [&] {
      CHECK_LABEL(
          call(env.scheduler, L4_PROTO_SCHEDULER, {L4_SCHEDULER_IDLE_TIME_OP, 0, 1ul << cpu}), 0);
      return mr(0);
    };
    l4_umword_t const before = idle();
    sleep_us(5000);
    l4_umword_t const passed = idle() - before;
    CHECK_GE(passed, 4000);
    CHECK_LE(passed, 6000);
  }
  CHECK_LABEL(call(env.scheduler, L4_PROTO_SCHEDULER, {L4_SCHEDULER_IDLE_TIME_OP, 0, 1ul << 63}),
              -L4_EINVAL);
}

CASE("kernel-objects.md 9 CPU choice", "the caller's CPU comes before the first of the set")
{
  if (cpu_count() < 3) SKIP("needs three CPUs");
  Alone a;
  CHECK_EQ(a.place(1 << 2), 2);
  l4_cap_idx_t thread = a.thread.cap();
  Placed caller(
      1,
      [](Worker &me) {
        me.result = call(env.scheduler, L4_PROTO_SCHEDULER,
                         {L4_SCHEDULER_RUN_THREAD_OP, 0, 3, Prio_high, 0},
                         {object(me.data<l4_cap_idx_t>())});
      },
      &thread);
  CHECK(caller.finished());
  CHECK_LABEL(caller.result, 0);
  CHECK_EQ(home_of_thread(a.task), 1);
}

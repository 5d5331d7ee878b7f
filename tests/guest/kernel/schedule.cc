// SPDX-License-Identifier: MIT
// Who runs when: priorities, quanta, parking, CPU time (kernel-objects.md sections 3 and 9).
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/scheduler.h>
#include <l4/sys/thread.h>

using namespace Tap;

namespace {

l4_umword_t volatile counter[3], stop;

/// Count up in counter[n] until told to stop.
template <unsigned n> void count(Worker &)
{
  while (!stop)
    counter[n] = counter[n] + 1;
}

void reset()
{
  counter[0] = 0;
  counter[1] = 0;
  counter[2] = 0;
  stop = 0;
}

Result run(std::initializer_list<l4_umword_t> words, l4_cap_idx_t thread)
{
  return call(env.scheduler, L4_PROTO_SCHEDULER, words, {object(thread)});
}

l4_umword_t cpu_time(l4_cap_idx_t thread)
{
  CHECK_LABEL(call(thread, L4_PROTO_THREAD, {L4_THREAD_STATS_OP}), 0);
  return mr(0);
}

} // namespace

CASE("kernel-objects.md 9 run_thread", "quanta share the CPU among equals: three times the quantum")
{
  reset();
  Worker a(count<0>, nullptr, Prio_low), b(count<1>, nullptr, Prio_low);
  CHECK_LABEL(run_thread(a.cap(), Prio_low, 3000), 0);
  CHECK_LABEL(run_thread(b.cap(), Prio_low, 1000), 0);
  a.start();
  b.start();
  sleep_us(80000);
  l4_umword_t const ta = cpu_time(a.cap()), tb = cpu_time(b.cap());
  CHECK_GE(ta + tb, 70000);
  CHECK_GE(ta, tb * 2);
  CHECK_LE(ta, tb * 4);
  stop = 1;
  CHECK(a.finished() && b.finished());
}

CASE("kernel-objects.md 9 run_thread",
     "a new quantum counts at once, not after the rest of the old one")
{
  reset();
  Worker a(count<0>, nullptr, Prio_low), b(count<1>, nullptr, Prio_low);
  CHECK_LABEL(run_thread(a.cap(), Prio_low, 500000), 0);
  CHECK_LABEL(run_thread(b.cap(), Prio_low, 1000), 0);
  a.start();
  b.start();
  sleep_us(2000); // a has nearly all of its half second left
  CHECK_LABEL(run_thread(a.cap(), Prio_low, 1000), 0);
  l4_umword_t const a_before = cpu_time(a.cap());
  sleep_us(40000);
  l4_umword_t const ta = cpu_time(a.cap()) - a_before, tb = cpu_time(b.cap());
  CHECK_GE(tb, 10000);
  CHECK_LE(ta, 2 * tb);
  stop = 1;
  CHECK(a.finished() && b.finished());
}

CASE("kernel-objects.md 9 run_thread", "a preempted thread keeps the rest of its quantum")
{
  // The main thread wakes up every 1 ms, in the middle of quanta of 4 ms: shares stay equal.
  reset();
  Worker a(count<0>, nullptr, Prio_low), b(count<1>, nullptr, Prio_low);
  CHECK_LABEL(run_thread(a.cap(), Prio_low, 4000), 0);
  CHECK_LABEL(run_thread(b.cap(), Prio_low, 4000), 0);
  a.start();
  b.start();
  for (unsigned i = 0; i < 64; ++i)
    sleep_us(1000);
  l4_umword_t const ta = cpu_time(a.cap()), tb = cpu_time(b.cap());
  CHECK_GE(ta + tb, 50000);
  CHECK_LE(ta, tb + tb / 2);
  CHECK_LE(tb, ta + ta / 2);
  stop = 1;
  CHECK(a.finished() && b.finished());
}

CASE("kernel-objects.md 9 run_thread",
     "an empty intersection parks the thread; parameters bring it back")
{
  reset();
  Worker worker(count<0>, nullptr, Prio_low);
  worker.start();
  sleep_us(2000);
  CHECK_NE(counter[0], 0);
  CHECK_LABEL(run({L4_SCHEDULER_RUN_THREAD_OP, 0, 0, Prio_low, 0}, worker.cap()), 0);
  l4_umword_t const parked_at = counter[0];
  sleep_us(5000);
  CHECK_EQ(counter[0], parked_at);
  // a parked thread keeps its state: a higher priority alone does not run it
  CHECK_LABEL(run({L4_SCHEDULER_RUN_THREAD_OP, 63, 1, Prio_high, 0}, worker.cap()), 0);
  CHECK_EQ(counter[0], parked_at);
  CHECK_LABEL(run_thread(worker.cap(), Prio_low), 0);
  sleep_us(2000);
  CHECK_NE(counter[0], parked_at);
  stop = 1;
  CHECK(worker.finished());
}

CASE("kernel-objects.md 9 run_thread",
     "a parked thread is woken by messages, and runs when it is back")
{
  Worker worker([](Worker &me) { me.result = wait(); });
  worker.start();
  CHECK_LABEL(run({L4_SCHEDULER_RUN_THREAD_OP, 0, 0, Prio_high, 0}, worker.cap()), 0);
  CHECK(!send(worker.cap(), 4, {}, {}, Zero).failed());
  sleep_us(1000);
  CHECK(!worker.done());
  CHECK_LABEL(run_thread(worker.cap(), Prio_high), 0);
  REQUIRE(worker.done());
  CHECK_LABEL(worker.result, 4);
}

CASE("kernel-objects.md 9 run_thread", "a class record sets priority and quantum")
{
  reset();
  Worker a(count<0>, nullptr, Prio_low), b(count<1>, nullptr, Prio_low), high(count<2>);
  auto const record = [](Worker &w, l4_umword_t prio, l4_umword_t quantum) {
    return run({L4_SCHEDULER_RUN_THREAD_OP, 0, 1, ~0UL, 48, quantum, prio}, w.cap());
  };
  CHECK_LABEL(record(a, Prio_low, 3000), 0);
  CHECK_LABEL(record(b, Prio_low, 1000), 0);
  CHECK_LABEL(record(high, Prio_low - 1, 0), 0);
  a.start();
  b.start();
  high.start();
  sleep_us(60000);
  l4_umword_t const ta = cpu_time(a.cap()), tb = cpu_time(b.cap());
  CHECK_GE(ta, tb * 2);
  CHECK_LE(ta, tb * 4);
  CHECK_EQ(counter[2], 0);
  stop = 1;
  CHECK(a.finished() && b.finished() && high.finished());
}

CASE("kernel-objects.md 3 switch",
     "the target consumes the caller's slice, then strict priority is back")
{
  reset();
  Worker low(count<0>, nullptr, Prio_low), middle(count<1>, nullptr, Prio_low + 1);
  low.start();
  middle.start();
  CHECK_EQ(counter[0], 0);
  l4_uint64_t const before = now();
  CHECK_LABEL(call(low.cap(), L4_PROTO_THREAD, {L4_THREAD_SWITCH_OP}), 0);
  CHECK_LE(now(), before + 25000);
  CHECK_NE(counter[0], 0);
  CHECK_EQ(counter[1], 0);
  stop = 1;
  CHECK(low.finished() && middle.finished());
}

CASE("kernel-objects.md 3 stats_time", "time goes to the thread that ran, also across IPC")
{
  Worker server([](Worker &) {
    wait();
    l4_uint64_t const until = now() + 10000;
    while (now() < until) {
    }
    reply(0, {});
  });
  server.start();
  l4_umword_t const mine = cpu_time(env.thread);
  CHECK_LABEL(call(server.cap(), 1, {}), 0);
  CHECK_GE(cpu_time(server.cap()), 9500);
  CHECK_LE(cpu_time(env.thread), mine + 2000);
}

CASE("kernel-objects.md 9 idle_time", "idle time and CPU times add up to the time that passed")
{
  auto const idle = [] {
    CHECK_LABEL(call(env.scheduler, L4_PROTO_SCHEDULER, {L4_SCHEDULER_IDLE_TIME_OP, 0, 1}), 0);
    return mr(0);
  };
  l4_umword_t const before = idle(), mine = cpu_time(env.thread);
  l4_uint64_t const start = now();
  sleep_us(20000);
  l4_umword_t const passed = now() - start, slept = idle() - before;
  CHECK_GE(slept, 18000);
  CHECK_LE(slept + cpu_time(env.thread) - mine, passed + 1000);
}

// SPDX-License-Identifier: MIT
// What `make bench` measures on several CPUs: messages between them, and the same core-local work on all of
// them at the same time, which must cost what it costs on one.
#include "../kernel/smp.h"

#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/irq.h>

#include "markers.h"

using namespace Tap;

namespace {

constexpr unsigned Warm_up = 16, Samples = 300;

/// Client and server threads, a pair on each of some CPUs, that all begin at the same time.
struct Together {
  unsigned pairs;
  l4_uint64_t begin; ///< kernel clock; until then the CPUs sleep
  l4_umword_t volatile failed = 0;
};

struct Pair {
  Together *all;
  l4_cap_idx_t server = L4_INVALID_CAP;
};

template <unsigned Id> void call_together(Worker &me)
{
  Pair &pair = me.data<Pair>();
  if (l4_uint64_t const t = now(); t < pair.all->begin) sleep_us(pair.all->begin - t);
  for (unsigned i = 0; i < Warm_up + Samples; ++i) {
    if (i >= Warm_up) bench_begin_own<Id>();
    l4_msgtag_t const tag =
        l4_ipc_call(pair.server, l4_utcb(), l4_msgtag(0, 1, 0, 0), L4_IPC_NEVER);
    if (i >= Warm_up) bench_end<Id>();
    if (l4_msgtag_has_error(tag)) count(pair.all->failed);
  }
}

/// The pairs on CPUs `next` and behind. The recursion is the array of workers.
template <unsigned Id> void run_pairs(Together &all, unsigned next)
{
  if (next == all.pairs) return;
  Placed server(next, serve);
  Pair pair{&all, server.cap()};
  Placed client(next, call_together<Id>, &pair);
  run_pairs<Id>(all, next + 1);
  CHECK(client.finished(Long_wait));
}

template <unsigned Id> void measure_together(unsigned pairs)
{
  if (cpu_count() < pairs) return;
  constexpr l4_uint64_t Time_to_start = 5000;
  Together all{pairs, now() + Time_to_start};
  run_pairs<Id>(all, 0);
  CHECK_EQ(all.failed, 0);
}

} // namespace

CASE("issue 6", "core-local calls on 1, 2, 4 and 8 CPUs at the same time")
{
  measure_together<Op_parallel_1>(1);
  measure_together<Op_parallel_2>(2);
  measure_together<Op_parallel_4>(4);
  measure_together<Op_parallel_8>(8);
}

CASE("issue 6", "a call to another CPU, and its answer")
{
  if (cpu_count() < 2) return;
  Placed server(1, serve);
  unsigned failed = 0;
  for (unsigned i = 0; i < Warm_up + Samples; ++i) {
    if (i >= Warm_up) bench_begin<Op_remote_call>();
    failed += !ask(server.cap(), i, Never);
    if (i >= Warm_up) bench_end<Op_remote_call>();
  }
  CHECK_EQ(failed, 0);
}

CASE("issue 6", "an IRQ trigger until the waiter on another CPU runs")
{
  if (cpu_count() < 2) return;
  Irq irq;
  Placed waiter(
      1,
      [](Worker &me) {
        l4_umword_t label;
        for (;;) {
          l4_irq_wait(me.data<Irq>(), &label, L4_IPC_NEVER);
          bench_end<Op_remote_irq>();
          count(me.value[0]);
        }
      },
      &irq);
  CHECK_LABEL(irq.bind(waiter.cap(), 0), 0);
  for (l4_umword_t i = 1; i <= Samples; ++i) {
    bench_begin<Op_remote_irq>();
    l4_irq_trigger(irq);
    while (load(waiter.value[0]) < i)
      __asm__ volatile("pause"); // an emulator that runs one CPU at a time goes on with the next
  }
}

// SPDX-License-Identifier: MIT
// Operations that `make bench` measures, continued: one way of a message, many pages, the end of a quantum.
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/factory.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>

#include "markers.h"

using namespace Tap;

namespace {

constexpr unsigned Samples = 1000, Rare_samples = 100;

} // namespace

CASE("issue 6", "reply and wait until the caller runs, two tasks")
{
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  Worker server(
      [](Worker &) {
        l4_utcb_t *const utcb = l4_utcb();
        l4_umword_t label;
        l4_ipc_wait(utcb, &label, L4_IPC_NEVER);
        for (;;) {
          bench_begin<Op_reply_wait>();
          l4_ipc_reply_and_wait(utcb, l4_msgtag(0, 0, 0, 0), &label, L4_IPC_SEND_TIMEOUT_0);
        }
      },
      nullptr, Prio_high, &task);
  server.start();
  unsigned failed = 0;
  for (unsigned i = 0; i < Samples; ++i) {
    failed += l4_msgtag_has_error(
        l4_ipc_call(server.cap(), l4_utcb(), l4_msgtag(0, 0, 0, 0), L4_IPC_NEVER));
    bench_end<Op_reply_wait>();
  }
  CHECK_EQ(failed, 0);
}

CASE("issue 6", "task map and unmap, 512 pages")
{
  // the scratch memory eight times over: 512 pages that are not one large page
  constexpr l4_addr_t Here = Free_range, There = Free_range;
  constexpr unsigned Scratch_order = 18, Order = 21;
  for (l4_addr_t at = 0; at < l4_addr_t{1} << Order; at += l4_addr_t{1} << Scratch_order)
    CHECK_LABEL(
        task_map(env.task, env.task, memory(env.scratch, Scratch_order, L4_FPAGE_RW, Here + at)), 0);
  Child_task task;
  unsigned failed = 0;
  for (unsigned i = 0; i < Rare_samples; ++i) {
    bench_begin<Op_task_map_512>();
    failed += l4_error(l4_task_map(task, env.task, l4_fpage(Here, Order, L4_FPAGE_RW), There)) < 0;
    bench_end<Op_task_map_512>();
    bench_begin<Op_task_unmap_512>();
    failed += l4_error(
                  l4_task_unmap(task, l4_fpage(There, Order, L4_FPAGE_RWX), L4_FP_ALL_SPACES)) < 0;
    bench_end<Op_task_unmap_512>();
  }
  CHECK_EQ(failed, 0);
  l4_task_unmap(env.task, l4_fpage(Here, Order, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
}

CASE("issue 6", "the end of a quantum, until the next thread of the same priority runs")
{
  struct Turns {
    bool volatile first = false, stop = false;
  } turns;
  constexpr l4_umword_t Quantum = 20;
  Worker first(
      [](Worker &me) {
        while (!me.data<Turns>().stop) {
          me.data<Turns>().first = true;
          bench_begin<Op_quantum>();
        }
      },
      &turns, Prio_low);
  Worker second(
      [](Worker &me) {
        for (unsigned n = 0; n < Samples;) {
          bench_end<Op_quantum>();
          n += me.data<Turns>().first;
          me.data<Turns>().first = false;
        }
        me.data<Turns>().stop = true;
      },
      &turns, Prio_low);
  CHECK_LABEL(run_thread(first.cap(), Prio_low, Quantum), 0);
  CHECK_LABEL(run_thread(second.cap(), Prio_low, Quantum), 0);
  first.start();
  second.start();
  CHECK(second.finished(10000000));
  CHECK(first.finished());
}

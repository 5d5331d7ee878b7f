// SPDX-License-Identifier: MIT
// The operations that `make bench` measures: each between marker instructions, many times.
//
// The counting is done outside, by the QEMU plugin in tests/bench; here only the work is done, with
// the ordinary client functions, as a user would call them. Without the plugin the markers are NOPs
// and this is a test like others: every operation must succeed.
#include <l4/libtap/objects.h>
#include <l4/libtap/probe.h>
#include <l4/libtap/tap.h>

#include <l4/sys/factory.h>
#include <l4/sys/irq.h>
#include <l4/sys/scheduler.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>
#include <l4/sys/vcon.h>

#include "markers.h"

using namespace Tap;

namespace {

constexpr unsigned Warm_up = 16;
constexpr unsigned Samples = 1000;
constexpr unsigned Rare_samples = 200; ///< of operations that create tasks or threads

/// Runs `body` warm and then measured; `body(i)` is one operation.
template <unsigned Id, typename Body>
[[gnu::always_inline]] inline void measure(Body body, unsigned samples = Samples)
{
  for (unsigned i = 0; i < Warm_up; ++i)
    body();
  for (unsigned i = 0; i < samples; ++i) {
    bench_begin<Id>();
    body();
    bench_end<Id>();
  }
}

/// For tests/bench/harness.py.
void say_footprint(char const *text, l4_umword_t bytes)
{
  char number[24], *at = number + sizeof number;
  *--at = '\n';
  for (l4_umword_t left = bytes; left || at == number + sizeof number - 1; left /= 10)
    *--at = char('0' + left % 10);
  l4_vcon_write(env.log, text, unsigned(__builtin_strlen(text)));
  l4_vcon_write(env.log, at, unsigned(number + sizeof number - at));
}

/// A server that answers with as many words as data<unsigned>() says, for ever.
void serve(Worker &me)
{
  l4_utcb_t *const utcb = l4_utcb();
  l4_msgtag_t const answer = l4_msgtag(0, me.data<unsigned>(), 0, 0);
  l4_umword_t label;
  l4_ipc_wait(utcb, &label, L4_IPC_NEVER);
  for (;;)
    l4_ipc_reply_and_wait(utcb, answer, &label, L4_IPC_SEND_TIMEOUT_0);
}

template <unsigned Id> void measure_call(unsigned words, Child_task *task)
{
  Worker server(serve, &words, Prio_high, task);
  server.start();
  l4_utcb_t *const utcb = l4_utcb();
  l4_msgtag_t const tag = l4_msgtag(0, words, 0, 0);
  unsigned failed = 0;
  measure<Id>(
      [&] { failed += l4_msgtag_has_error(l4_ipc_call(server.cap(), utcb, tag, L4_IPC_NEVER)); });
  CHECK_EQ(failed, 0);
}

} // namespace

CASE("issue 6", "system calls that do next to nothing")
{
  l4_utcb_t *const utcb = l4_utcb();
  measure<Op_empty_marker>([] {});
  Slot empty;
  measure<Op_empty_cap>([&] { l4_ipc_call(empty, utcb, l4_msgtag(0, 0, 0, 0), L4_IPC_NEVER); });
  measure<Op_cap_valid>([&] { l4_task_cap_valid_u(env.task, env.thread, utcb); });
  measure<Op_receive_zero>([&] { l4_ipc_receive(L4_INVALID_CAP, utcb, L4_IPC_BOTH_TIMEOUT_0); });
  measure<Op_thread_control>([&] {
    l4_thread_control_start_u(utcb);
    l4_thread_control_commit_u(env.thread, utcb);
  });
  CHECK_EQ(l4_error(l4_task_cap_valid_u(env.task, env.thread, utcb)), 1);
}

CASE("issue 6", "call and reply, same task")
{
  measure_call<Op_call_same_0>(0, nullptr);
  measure_call<Op_call_same_8>(8, nullptr);
  measure_call<Op_call_same_63>(63, nullptr);
}

CASE("issue 6", "call and reply, two tasks")
{
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  measure_call<Op_call_other_0>(0, &task);
  measure_call<Op_call_other_1>(1, &task);
  measure_call<Op_call_other_8>(8, &task);
  measure_call<Op_call_other_32>(32, &task);
}

CASE("issue 6", "call and reply, two tasks, 63 words")
{
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  measure_call<Op_call_other_63>(63, &task);
}

CASE("issue 6", "call and reply through a gate, two tasks")
{
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  unsigned words = 0;
  Worker server(serve, &words, Prio_high, &task);
  server.start();
  Gate gate(server.cap(), 0x1000);
  l4_utcb_t *const utcb = l4_utcb();
  unsigned failed = 0;
  measure<Op_call_gate>([&] {
    failed += l4_msgtag_has_error(l4_ipc_call(gate, utcb, l4_msgtag(0, 0, 0, 0), L4_IPC_NEVER));
  });
  CHECK_EQ(failed, 0);
}

CASE("issue 6", "task map and unmap, 512 pages")
{
  constexpr unsigned Order = 21;
  constexpr l4_addr_t Source = Free_range + (l4_addr_t{1} << Order);
  Child_task task;
  unsigned failed = 0;
  for (l4_addr_t page = Source; page < Source + (l4_addr_t{1} << Order); page += L4_PAGESIZE)
    failed += l4_error(l4_task_map(env.task, env.task,
                                   l4_fpage(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW), page)) < 0;
  for (unsigned i = 0; i < Warm_up + Rare_samples; ++i) {
    bench_begin<Op_task_map_512>();
    failed +=
        l4_error(l4_task_map(task, env.task, l4_fpage(Source, Order, L4_FPAGE_RW), Free_range)) < 0;
    bench_end<Op_task_map_512>();
    bench_begin<Op_task_unmap_512>();
    failed += l4_error(l4_task_unmap(task, l4_fpage(Free_range, Order, L4_FPAGE_RWX),
                                     L4_FP_ALL_SPACES)) < 0;
    bench_end<Op_task_unmap_512>();
  }
  l4_task_unmap(env.task, l4_fpage(Source, Order, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
  CHECK_EQ(failed, 0);
}

CASE("issue 6", "task map and unmap, 1, 16 and 64 pages")
{
  Child_task task;
  unsigned failed = 0;
  auto const map = [&](unsigned order) {
    failed += l4_error(l4_task_map(task, env.task, l4_fpage(env.scratch, order, L4_FPAGE_RW),
                                   Free_range)) < 0;
  };
  auto const unmap = [&](unsigned order) {
    failed += l4_error(l4_task_unmap(task, l4_fpage(Free_range, order, L4_FPAGE_RWX),
                                     L4_FP_ALL_SPACES)) < 0;
  };
  for (unsigned i = 0; i < Warm_up + Samples; ++i) {
    bench_begin<Op_task_map_1>();
    map(12);
    bench_end<Op_task_map_1>();
    bench_begin<Op_task_unmap_1>();
    unmap(12);
    bench_end<Op_task_unmap_1>();
  }
  for (unsigned i = 0; i < Warm_up + Rare_samples; ++i) {
    bench_begin<Op_task_map_16>();
    map(16);
    bench_end<Op_task_map_16>();
    bench_begin<Op_task_unmap_16>();
    unmap(16);
    bench_end<Op_task_unmap_16>();
    bench_begin<Op_task_map_64>();
    map(18);
    bench_end<Op_task_map_64>();
    bench_begin<Op_task_unmap_64>();
    unmap(18);
    bench_end<Op_task_unmap_64>();
  }
  CHECK_EQ(failed, 0);
}

CASE("issue 6", "an IPC that maps one page")
{
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  Worker server(
      [](Worker &) {
        l4_umword_t label;
        l4_utcb_t *const utcb = l4_utcb();
        set_buffers({L4_ITEM_MAP, memory_page(Free_range, L4_PAGESHIFT, L4_FPAGE_RWX)});
        l4_ipc_wait(utcb, &label, L4_IPC_NEVER);
        for (;;)
          l4_ipc_reply_and_wait(utcb, l4_msgtag(0, 0, 0, 0), &label, L4_IPC_SEND_TIMEOUT_0);
      },
      nullptr, Prio_high, &task);
  server.start();
  unsigned failed = 0;
  for (unsigned i = 0; i < Warm_up + Samples; ++i) {
    l4_msgtag_t const tag = [] {
      mr(0) = L4_ITEM_MAP;
      mr(1) = memory_page(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW);
      return l4_msgtag(0, 0, 1, 0);
    }();
    bench_begin<Op_ipc_map>();
    l4_msgtag_t const answer = l4_ipc_call(server.cap(), l4_utcb(), tag, L4_IPC_NEVER);
    bench_end<Op_ipc_map>();
    failed += l4_msgtag_has_error(answer);
    l4_task_unmap(task, l4_fpage(Free_range, L4_PAGESHIFT, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
  }
  CHECK_EQ(failed, 0);
}

CASE("issue 6", "a page fault through a user-level pager until resumed")
{
  Worker pager([](Worker &) {
    l4_umword_t label;
    l4_utcb_t *const utcb = l4_utcb();
    l4_ipc_wait(utcb, &label, L4_IPC_NEVER);
    for (;;) {
      l4_addr_t const page = mr(0) & L4_PAGEMASK;
      mr(0) = page | L4_ITEM_MAP;
      mr(1) = memory_page(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW);
      l4_ipc_reply_and_wait(utcb, l4_msgtag(0, 0, 1, 0), &label, L4_IPC_SEND_TIMEOUT_0);
    }
  });
  pager.start();
  Worker faulter([](Worker &me) {
    auto volatile &word = *reinterpret_cast<l4_umword_t volatile *>(Free_range);
    for (unsigned i = 0; i < Warm_up + Samples; ++i) {
      bench_begin<Op_page_fault>();
      me.value[0] = word;
      bench_end<Op_page_fault>();
      l4_task_unmap(env.task, l4_fpage(Free_range, L4_PAGESHIFT, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
    }
  });
  CHECK_LABEL(
      call(faulter.cap(), L4_PROTO_THREAD, {L4_THREAD_CONTROL_SET_PAGER, pager.cap(), 0, 0, 0, 0}),
      0);
  faulter.start();
  CHECK(faulter.finished(2000000));
}

CASE("issue 6", "IRQ trigger until the waiter runs")
{
  Irq irq;
  Worker waiter(
      [](Worker &me) {
        l4_umword_t label;
        for (;;) {
          l4_irq_wait(me.data<Irq>(), &label, L4_IPC_NEVER);
          bench_end<Op_irq_wake>();
        }
      },
      &irq);
  CHECK_LABEL(irq.bind(waiter.cap(), 0), 0);
  waiter.start();
  for (unsigned i = 0; i < Warm_up + Samples; ++i) {
    bench_begin<Op_irq_wake>();
    l4_irq_trigger(irq);
  }
}

CASE("issue 6", "objects come and go")
{
  Slot slot;
  l4_cap_idx_t const f = factory();
  unsigned failed = 0;
  measure<Op_gate_life>([&] {
    failed += l4_error(l4_factory_create_gate(f, slot, env.thread, 0)) < 0;
    failed += l4_error(l4_task_delete_obj(env.task, slot)) < 0;
  });
  measure<Op_irq_life>([&] {
    failed += l4_error(l4_factory_create_irq(f, slot)) < 0;
    failed += l4_error(l4_task_delete_obj(env.task, slot)) < 0;
  });
  for (unsigned i = 0; i < Warm_up + Rare_samples; ++i) {
    l4_fpage_t utcbs = l4_fpage(Child_task::Utcbs, L4_PAGESHIFT, L4_FPAGE_RW);
    bench_begin<Op_task_create>();
    failed += l4_error(l4_factory_create_task(f, slot, &utcbs)) < 0;
    bench_end<Op_task_create>();
    bench_begin<Op_task_delete>();
    failed += l4_error(l4_task_delete_obj(env.task, slot)) < 0;
    bench_end<Op_task_delete>();
  }
  CHECK_EQ(failed, 0);
}

CASE("issue 6", "footprint: what a minimal task takes of its factory's quota")
{
  Slot task, thread;
  l4_umword_t const all = free_quota(factory());
  l4_fpage_t utcbs = l4_fpage(Child_task::Utcbs, L4_PAGESHIFT, L4_FPAGE_RW);
  REQUIRE(l4_error(l4_factory_create_task(factory(), task, &utcbs)) >= 0);
  l4_umword_t const with_task = free_quota(factory());
  say_footprint("# footprint: kernel memory of an empty task, with a page for UTCBs ", all - with_task);
  CHECK_LABEL(create(thread, L4_PROTO_THREAD), 0);
  CHECK_LABEL(thread_bind(thread, task, Child_task::Utcbs), 0);
  CHECK_LABEL(map_object(task, env.log, env.log), 0);
  CHECK_LABEL(task_map(task, env.task, memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RX, 0x400000)), 0);
  say_footprint("# footprint: kernel memory of a minimal task: a thread, a capability, a page ",
                all - free_quota(factory()));
}

CASE("issue 6", "a thread's life: create, bind, start, first IPC, delete")
{
  static l4_umword_t stack[64];
  struct Body {
    [[noreturn]] static void run()
    {
      for (;;)
        l4_ipc_call(env.thread, l4_utcb(), l4_msgtag(0, 0, 0, 0), L4_IPC_NEVER);
    }
  };
  Slot slot;
  l4_sched_param_t const parameters = l4_sched_param(Prio_high, 0);
  unsigned failed = 0;
  measure<Op_thread_life>(
      [&] {
        l4_umword_t label;
        failed += l4_error(l4_factory_create_thread(factory(), slot)) < 0;
        l4_thread_control_start();
        l4_thread_control_pager(env.pager);
        l4_thread_control_bind(reinterpret_cast<l4_utcb_t *>(spare_utcb()), env.task);
        failed += l4_error(l4_thread_control_commit(slot)) < 0;
        failed += l4_error(l4_scheduler_run_thread(env.scheduler, slot, &parameters)) < 0;
        failed += l4_error(l4_thread_ex_regs(slot, l4_umword_t(&Body::run), l4_umword_t(stack + 63),
                                             0)) < 0;
        failed += l4_msgtag_has_error(l4_ipc_wait(l4_utcb(), &label, L4_IPC_NEVER));
        failed += l4_error(l4_task_delete_obj(env.task, slot)) < 0;
      },
      Rare_samples);
  CHECK_EQ(failed, 0);
}

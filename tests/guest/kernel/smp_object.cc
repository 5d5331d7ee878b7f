// SPDX-License-Identifier: MIT
// Kernel objects as signals between CPUs, their deletion while other CPUs use them, shared memory.
#include "smp.h"

#include <l4/sys/icu.h>
#include <l4/sys/irq.h>
#include <l4/sys/semaphore.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>

using namespace Tap;

namespace {

struct Pair {
  l4_cap_idx_t first, second;
};

/// Call the target until it is gone; value[0] counts.
void call_until_gone(Worker &me)
{
  for (unsigned i = 0; i < 1000000; ++i) {
    mr(0) = i;
    count(me.value[0]);
    Result r = invoke(me.data<l4_cap_idx_t>() | L4_SYSF_CALL, raw_tag(0, 1),
                      pair(half(50000), half(50000)));
    if (r.failed() && r.error_code == L4_IPC_ENOT_EXISTENT) return;
  }
}

/// Send to the target as long as that succeeds; value[0] counts.
void send_until_gone(Worker &me)
{
  do {
    count(me.value[0]);
    me.result = invoke(me.data<l4_cap_idx_t>() | L4_SYSF_SEND, raw_tag(0, 0), Long_patience);
  } while (!me.result.failed());
}

} // namespace

CASE("kernel-objects.md 6", "two CPUs take turns by two semaphores")
{
  Semaphore ping, pong;
  Pair sems{ping, pong};
  Placed w(
      1,
      [](Worker &me) {
        for (unsigned i = 0; i < 500; ++i) {
          if (semaphore_down(me.data<Pair>().first, Long_patience).failed()) return;
          count(me.value[0]);
          semaphore_up(me.data<Pair>().second);
        }
      },
      &sems);
  unsigned turns = 0;
  for (unsigned i = 0; i < 500; ++i) {
    semaphore_up(ping);
    turns += !semaphore_down(pong, Long_patience).failed();
  }
  CHECK_EQ(turns, 500);
  CHECK(w.finished(Long_wait));
  CHECK_EQ(w.value[0], 500);
}

CASE("kernel-objects.md 6", "timeouts race with ups of other CPUs: no count is lost or made")
{
  Semaphore sem;
  l4_cap_idx_t cap = sem;
  auto taker = [](Worker &me) {
    for (unsigned i = 0; i < 300; ++i)
      if (!semaphore_down(me.data<l4_cap_idx_t>(), pair(0, half(i % 50 + 1))).failed())
        count(me.value[0]);
  };
  Placed a(1, taker, &cap), b(2, taker, &cap);
  unsigned const Ups = 200;
  for (unsigned i = 0; i < Ups; ++i)
    semaphore_up(sem);
  CHECK(a.finished(Long_wait));
  CHECK(b.finished(Long_wait));
  unsigned left = 0;
  while (!semaphore_down(sem, Zero).failed())
    ++left;
  CHECK_EQ(a.value[0] + b.value[0] + left, Ups);
}

CASE("kernel-objects.md 5",
     "an IRQ object triggered on other CPUs wakes its thread; the last trigger is seen")
{
  Irq irq;
  CHECK_LABEL(irq.bind(env.thread, 0x55), 0);
  static l4_umword_t volatile total;
  total = 0;
  l4_cap_idx_t cap = irq;
  auto body = [](Worker &me) {
    for (unsigned i = 0; i < 200; ++i) {
      count(total);
      invoke(me.data<l4_cap_idx_t>() | L4_SYSF_SEND, raw_tag(L4_PROTO_IRQ, 0), Zero);
    }
  };
  Placed a(1, body, &cap), b(2, body, &cap);
  l4_umword_t seen = 0;
  while (seen < 400) {
    Result r = receive(irq, Long_patience);
    if (r.failed()) break;
    seen = load(total);
  }
  CHECK_EQ(seen, 400);
}

CASE("ipc.md 6", "callers of several CPUs wait at a gate that a third CPU binds")
{
  Placed server(1, serve);
  Gate gate;
  l4_cap_idx_t cap = gate;
  auto caller = [](Worker &me) { me.value[0] = 1 + ask(me.data<l4_cap_idx_t>(), 3); };
  Placed a(0, caller, &cap), b(2, caller, &cap), c(3, caller, &cap);
  sleep_us(2000);
  CHECK_LABEL(gate.bind(server.cap(), 0x10), 0);
  for (Worker *w : {&a, &b, &c}) {
    CHECK(w->finished(Long_wait));
    CHECK_EQ(w->value[0], 2);
  }
}

CASE("style.md gate", "a gate is bound to and fro while other CPUs call through it, then deleted")
{
  Placed s1(1, serve), s2(2, serve);
  Gate gate(s1.cap(), 0x10);
  l4_cap_idx_t cap = gate;
  Placed a(3, call_until_gone, &cap), b(1, call_until_gone, &cap);
  for (unsigned i = 0; i < 100; ++i)
    CHECK_LABEL(gate.bind(i % 2 ? s1.cap() : s2.cap(), 0x10 * (i % 2 + 1)), 0);
  gate.remove();
  for (Worker *w : {&a, &b})
    CHECK(w->finished(Long_wait));
}

CASE("style.md gate",
     "when the notice of a gate's deletion comes, nobody is on the way through it any more")
{
  constexpr l4_umword_t Label = 0x40, Notice = 0xde0;
  Irq irq;
  CHECK_LABEL(irq.bind(env.thread, Notice), 0);
  CHECK_LABEL(call(env.thread, L4_PROTO_THREAD, {L4_THREAD_REGISTER_DELETE_IRQ_OP}, {object(irq)}),
              0);
  for (unsigned i = 0; i < 30; ++i) {
    Gate gate(env.thread, Label);
    l4_cap_idx_t cap = gate;
    Placed a(1, send_until_gone, &cap), b(2, send_until_gone, &cap), c(3, send_until_gone, &cap);
    for (unsigned n = 0; n < 5 + i; ++n)
      CHECK_EQ(wait(Long_patience).from & ~3ul, Label);
    gate.remove();
    Result r = wait(Long_patience);
    while (!r.failed() && r.from != Notice)
      r = wait(Long_patience);
    CHECK(!r.failed());
    while (!wait(Zero).failed()) { // who queued before
    }
    for (Placed *w : {&a, &b, &c}) {
      CHECK(w->finished(Long_wait));
      CHECK_EQ(w->result.error(), L4_IPC_ENOT_EXISTENT);
    }
    CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
  }
}

CASE("kernel-objects.md 3 modify_senders", "of a thread on another CPU: -EINVAL")
{
  Placed other(1, serve);
  long const expected = cpu_count() > 1 ? -L4_EINVAL : 0;
  CHECK_LABEL(call(other.cap(), L4_PROTO_THREAD, {L4_THREAD_MODIFY_SENDER_OP, 0, 0, 0, 0}),
              expected);
}

CASE("ipc.md 1.10", "a server is deleted while clients of other CPUs call it")
{
  for (unsigned i = 0; i < 4; ++i) {
    Placed server(1, serve);
    Gate gate(server.cap(), 0x10);
    l4_cap_idx_t cap = gate;
    Placed a(2, call_until_gone, &cap), b(3, call_until_gone, &cap), c(1, call_until_gone, &cap);
    CHECK(reached(a.value[0], 3 + i));
    CHECK_LABEL(task_unmap(env.task, object_page(server.cap()), L4_FP_DELETE_OBJ), 0);
    for (Worker *w : {&a, &b, &c})
      CHECK(w->finished(Long_wait));
  }
}

CASE("ipc.md 7", "clients are deleted while a server of another CPU answers them")
{
  Placed server(1, serve);
  l4_cap_idx_t cap = server.cap();
  for (unsigned i = 0; i < 12; ++i) {
    Placed client(2 + i % 2, call_until_gone, &cap);
    CHECK(reached(client.value[0], 1 + i % 5));
  }
  CHECK(ask(server.cap(), 1));
}

CASE("kernel-objects.md 3 switch",
     "to a thread of another CPU, running or ready: nothing happens there")
{
  Placed a(1, count_up), b(1, count_up);
  for (unsigned i = 0; i < 100; ++i)
    for (Worker *w : {&a, &b})
      CHECK_LABEL(call(w->cap(), L4_PROTO_THREAD, {L4_THREAD_SWITCH_OP}, {}, Long_patience), 0);
  for (Worker *w : {&a, &b})
    CHECK(reached(w->value[0], load(w->value[0]) + 1000));
}

CASE("style.md map", "after an unmap no other CPU writes to the page")
{
  l4_addr_t const window = Free_range;
  auto *alias = reinterpret_cast<l4_umword_t volatile *>(window);
  auto *page = reinterpret_cast<l4_umword_t volatile *>(env.scratch);
  for (unsigned i = 0; i < 10; ++i) {
    page[0] = 0;
    CHECK_LABEL(
        task_map(env.task, env.task, memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW, window)), 0);
    // its fault is the end: no exception handler, so it halts
    Placed w(
        1,
        [](Worker &me) {
          auto *at = &me.data<l4_umword_t volatile>();
          for (;;)
            *at = *at + 1;
        },
        const_cast<l4_umword_t *>(alias));
    CHECK(reached(page[0], 100));
    task_unmap(env.task, memory_page(window, L4_PAGESHIFT, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
    l4_umword_t const at_unmap = load(page[0]);
    sleep_us(500);
    CHECK_EQ(load(page[0]), at_unmap);
  }
}

CASE("issue 3.4",
     "a thread that is cancelled while it waits for other CPUs goes on, and deletes objects")
{
  constexpr unsigned Rounds = 40;
  struct Job {
    l4_cap_idx_t target, slot;
  };
  auto body = [](Worker &me) {
    Job const &job = me.data<Job>();
    while (load(me.value[0]) < Rounds) {
      for (unsigned i = 0; i < 4; ++i) // needs this thread's CPU and the target's
        call(job.target, L4_PROTO_THREAD, {L4_THREAD_STATS_OP});
      create(job.slot, 0);
      task_unmap(env.task, object_page(job.slot), L4_FP_DELETE_OBJ);
      count(me.value[0]);
    }
  };
  Placed target(0, [](Worker &) {});
  Slot slot[3];
  Job jobs[] = {{target.cap(), slot[0]}, {target.cap(), slot[1]}, {target.cap(), slot[2]}};
  Placed a(1, body, &jobs[0]), b(2, body, &jobs[1]), c(3, body, &jobs[2]);
  for (l4_uint64_t end = now() + Long_wait; now() < end && !(a.done() && b.done() && c.done());)
    for (Worker *w : {&a, &b, &c})
      ex_regs(w->cap(), ~l4_umword_t(0), ~l4_umword_t(0), 0x10000);
  for (Worker *w : {&a, &b, &c}) {
    CHECK(w->finished(Long_wait));
    CHECK_EQ(w->value[0], Rounds);
  }
}

namespace {

/// Of a side of long transfers: value[0] ends it, value[1] counts messages, value[2] cancelled
/// ones, value[3] whatever must not happen.
void count_end(Worker &me, Result const &r, l4_umword_t cancelled)
{
  count(me.value[!r.failed() ? 1 : r.error_code == cancelled ? 2 : 3]);
}

constexpr unsigned Items = 8, Block = L4_PAGESHIFT + 6;

void receive_blocks(Worker &me)
{
  while (!load(me.value[0])) {
    set_buffers({L4_ITEM_MAP, l4_fpage_all().raw});
    count_end(me, wait(Long_patience), L4_IPC_RECANCELED);
  }
}

void send_blocks(Worker &me)
{
  while (!load(me.value[0])) {
    for (unsigned i = 0; i < Items; ++i) {
      Item const item =
          memory(env.scratch, Block, L4_FPAGE_RW, Free_range + (l4_addr_t(i) << Block));
      mr(2 * i) = item.control | L4_ITEM_CONT;
      mr(2 * i + 1) = item.fpage;
    }
    l4_umword_t const to = me.data<l4_cap_idx_t>();
    count_end(me, invoke(to | L4_SYSF_SEND, raw_tag(5, 0, Items), Long_patience),
              L4_IPC_SECANCELED);
  }
}

} // namespace

CASE("ipc.md 5", "long transfers are cancelled by a third CPU: both sides agree on how each ended")
{
  Placed receiver(2, receive_blocks);
  l4_cap_idx_t to = receiver.cap();
  Placed sender(1, send_blocks, &to);
  l4_umword_t const keep = ~l4_umword_t(0);
  for (unsigned i = 0; i < 60; ++i) {
    ex_regs((i % 3 ? sender : receiver).cap(), keep, keep, 0x10000);
    sleep_us(i % 50 + 1);
  }
  CHECK(reached(sender.value[1], 1)); // and between cancels they go on
  for (Worker *w : {static_cast<Worker *>(&sender), static_cast<Worker *>(&receiver)}) {
    w->value[0] = 1;
    for (l4_uint64_t end = now() + Long_wait; !w->done() && now() < end; sleep_us(500))
      ex_regs(w->cap(), keep, keep, 0x10000);
    CHECK(w->done());
    CHECK_EQ(w->value[3], 0);
  }
  CHECK_EQ(sender.value[1], receiver.value[1]);
  task_unmap(env.task, memory_page(Free_range, Block + 3, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
}

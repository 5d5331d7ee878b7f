// SPDX-License-Identifier: MIT
// Messages between CPUs: every phase of ipc.md section 1 with the partner elsewhere.
#include "smp.h"
#include "patient.h"

#include <l4/sys/task.h>

using namespace Tap;

namespace {

struct Clients {
  l4_cap_idx_t server[4];
  unsigned servers, rounds;
};

/// value[0]: right answers, value[1]: calls that failed or were answered wrongly.
void call_servers(Worker &me)
{
  Clients const &c = me.data<Clients>();
  for (unsigned i = 0; i < c.rounds; ++i)
    count(me.value[ask(c.server[i % c.servers], i) ? 0 : 1]);
}

/// As above, but gives up soon; value[2]: answers that belong to another call.
void call_in_a_hurry(Worker &me)
{
  Clients const &c = me.data<Clients>();
  for (unsigned i = 0; i < c.rounds; ++i) {
    mr(0) = i * 16;
    Result r =
        invoke(c.server[0] | L4_SYSF_CALL, raw_tag(0, 1), pair(half(i % 64 + 1), half(i % 96 + 1)));
    if (!r.failed() && mr(0) != i * 16 + 1) count(me.value[2]);
    count(me.value[r.failed() ? 1 : 0]);
  }
}

} // namespace

CASE("kernel-objects.md 9", "info reports all CPUs; a thread runs on each")
{
  unsigned const cpus = cpu_count();
  CHECK_GE(cpus, 2);
  for (unsigned cpu = 0; cpu < cpus; ++cpu) {
    Placed w(cpu, [](Worker &me) { me.value[0] = 7; });
    CHECK(w.finished(Long_wait));
    CHECK_EQ(w.value[0], 7);
  }
}

CASE("ipc.md 1 call", "500 calls of a server on another CPU")
{
  Placed server(1, serve);
  unsigned right = 0;
  for (unsigned i = 0; i < 500; ++i)
    right += ask(server.cap(), i);
  CHECK_EQ(right, 500);
  CHECK_EQ(server.value[0], 500);
}

CASE("ipc.md 6", "the same through a gate, whose label arrives")
{
  Placed server(1, [](Worker &me) {
    me.result = invoke(Self | L4_SYSF_WAIT, 0, Long_patience);
    invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(3, 0), Zero);
  });
  Gate gate(server.cap(), 0x7770);
  CHECK_LABEL(invoke(gate | L4_SYSF_CALL, raw_tag(0, 0), Long_patience), 3);
  CHECK_EQ(server.result.from, 0x7773);
}

CASE("issue 3.4", "clients on all CPUs call servers on all CPUs")
{
  Placed s0(0, serve), s1(1, serve), s2(2, serve), s3(3, serve);
  Clients c{{s0.cap(), s1.cap(), s2.cap(), s3.cap()}, 4, 50};
  Placed a(0, call_servers, &c), b(1, call_servers, &c), d(2, call_servers, &c),
      e(3, call_servers, &c);
  for (Worker *w : {&a, &b, &d, &e}) {
    CHECK(w->finished(Long_wait));
    CHECK_EQ(w->value[0], 50);
    CHECK_EQ(w->value[1], 0);
  }
}

CASE("ipc.md 1.4, 1.8", "timeouts of both phases race with the messages of another CPU")
{
  Placed server(1, serve);
  Clients c{{server.cap()}, 1, 400};
  Placed a(2, call_in_a_hurry, &c), b(3, call_in_a_hurry, &c), d(0, call_in_a_hurry, &c);
  for (Worker *w : {&a, &b, &d}) {
    CHECK(w->finished(Long_wait));
    CHECK_EQ(w->value[0] + w->value[1], 400);
    CHECK_EQ(w->value[2], 0);
  }
  CHECK(ask(server.cap(), 1)); // it is still in order
}

CASE("kernel-objects.md 3 ex_regs", "cancel races with the messages of another CPU")
{
  Placed server(1, serve);
  Clients c{{server.cap()}, 1, 300};
  Placed client(2, call_servers, &c);
  for (unsigned i = 0; i < 3000 && !client.done(); ++i)
    ex_regs(client.cap(), ~l4_umword_t(0), ~l4_umword_t(0), 0x10000);
  CHECK(client.finished(Long_wait));
  CHECK_EQ(client.value[0] + client.value[1], 300);
  CHECK(ask(server.cap(), 1));
}

CASE("ipc.md 1 send", "senders of several CPUs wait in one queue, each message arrives once")
{
  static constexpr unsigned Each = 50;
  l4_cap_idx_t me = env.thread;
  auto body = [](Worker &w) {
    for (unsigned i = 0; i < Each; ++i) {
      mr(0) = i;
      if (invoke(w.data<l4_cap_idx_t>() | L4_SYSF_SEND, raw_tag(1, 1), Long_patience).failed())
        count(w.value[0]);
    }
  };
  Placed a(1, body, &me), b(2, body, &me), c(3, body, &me);
  unsigned sum = 0, failed = 0;
  for (unsigned i = 0; i < 3 * Each; ++i) {
    Result r = invoke(Self | L4_SYSF_WAIT, 0, Long_patience);
    failed += r.failed() || r.label() != 1;
    sum += unsigned(mr(0));
  }
  CHECK_EQ(failed, 0);
  CHECK_EQ(sum, 3 * Each * (Each - 1) / 2);
  for (Worker *w : {&a, &b, &c}) {
    CHECK(w->finished(Long_wait));
    CHECK_EQ(w->value[0], 0);
  }
}

CASE("ipc.md 3", "capabilities and pages travel between CPUs")
{
  Slot target;
  Placed receiver(
      1,
      [](Worker &me) {
        buffer_for(me.data<Slot>());
        me.result = invoke(Self | L4_SYSF_WAIT, 0, Long_patience);
        no_buffers();
        invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(me.result.items(), 0), Zero);
      },
      &target);
  Irq irq;
  mr(0) = L4_ITEM_MAP;
  mr(1) = object_page(irq, L4_CAP_FPAGE_RWS);
  CHECK_LABEL(invoke(receiver.cap() | L4_SYSF_CALL, raw_tag(0, 0, 1), Long_patience), 1);
  CHECK_EQ(cap_equal(env.task, target, irq), 1);
  target.remove(false);
}

CASE("ipc.md 9", "an exception is answered by a handler on another CPU")
{
  Patient patient([](Worker &me) {
    asm volatile("ud2");
    me.value[0] = 5;
  });
  CHECK_LABEL(run_on(patient.cap(), 1), 0);
  patient.start();
  CHECK_LABEL(wait(Long_patience), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 6);
  mr(Mr_ip) += 2;
  answer_state();
  CHECK(patient.finished(Long_wait));
  CHECK_EQ(patient.value[0], 5);
}

CASE("ipc.md 7", "an explicit reply slot that a thread of another CPU answers")
{
  Placed server(1, [](Worker &me) {
    me.result = invoke(5 << 12 | 0x400 | L4_SYSF_WAIT, 0, Long_patience);
    me.result = invoke(5 << 12 | 0x400 | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(9, 0), Zero);
  });
  CHECK_LABEL(invoke(server.cap() | L4_SYSF_CALL, raw_tag(0, 0), Long_patience), 9);
  CHECK(server.finished(Long_wait));
  CHECK(!server.result.failed());
}

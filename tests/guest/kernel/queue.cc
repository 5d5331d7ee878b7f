// SPDX-License-Identifier: MIT
// Senders that wait: in which order, for whom, and what ends the wait (ipc.md 1.4 to 1.11, 5).
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/task.h>
#include <l4/sys/thread.h>

using namespace Tap;

namespace {

/// Send to the main thread with a label of the sender's own; data<l4_umword_t>() is the label.
void send_to_main(Worker &me)
{
  me.result = invoke(env.thread | L4_SYSF_SEND, raw_tag(0, 0), Patience, me.data<l4_umword_t>());
}

/// A thread that sends and then receives two messages while one of them, of the sender `waiting`,
/// stands in its queue. It runs only when the main thread sleeps.
struct Behind_queue {
  Worker receiver{body, nullptr, Prio_low};
  struct To {
    l4_cap_idx_t thread;
    l4_umword_t label;
  } to{receiver.cap(), 0xa};
  Worker waiting;

  explicit Behind_queue(unsigned prio)
      : waiting(
            [](Worker &me) {
              To const &to = me.data<To>();
              me.result = invoke(to.thread | L4_SYSF_SEND, 0, Patience, to.label);
            },
            &to, prio)
  {
    receiver.start();
    sleep_us(500);
    waiting.start();
    sleep_us(500);
    // its send phase ends here: it waits for anybody, and its queue is not empty
    CHECK_EQ(wait(Zero).from, 0x5e);
  }
  static void body(Worker &me)
  {
    me.value[0] = invoke(env.thread | L4_SYSF_SEND_AND_WAIT, 0, Patience, 0x5e).from;
    me.value[1] = wait().from;
  }
};

} // namespace

CASE("ipc.md 1.4", "a thread in closed wait takes nothing from others")
{
  Raw_thread partner;
  CHECK_LABEL(thread_bind(partner, env.task, spare_utcb()), 0);
  Worker receiver(
      [](Worker &me) { me.result = receive(me.data<Raw_thread>(), pair(0, half(20000))); },
      &partner);
  receiver.start();
  CHECK_EQ(send(receiver.cap(), 0, {1}, {}, Zero).error(), L4_IPC_SETIMEOUT);
}

CASE("ipc.md 1.5", "queued senders are taken by priority, whatever their order of arrival")
{
  l4_umword_t labels[3] = {0x110, 0x130, 0x120};
  Worker low(send_to_main, &labels[0], 110);
  Worker high(send_to_main, &labels[1], 130);
  Worker middle(send_to_main, &labels[2], 120);
  low.start();
  high.start();
  middle.start();
  CHECK_EQ(wait().from, 0x130);
  CHECK_EQ(wait().from, 0x120);
  CHECK_EQ(wait().from, 0x110);
}

CASE("ipc.md 1.5", "FIFO within one priority")
{
  l4_umword_t labels[3] = {0xa, 0xb, 0xc};
  Worker first(send_to_main, &labels[0]);
  Worker second(send_to_main, &labels[1]);
  Worker third(send_to_main, &labels[2]);
  first.start();
  second.start();
  third.start();
  CHECK_EQ(wait().from, 0xa);
  CHECK_EQ(wait().from, 0xb);
  CHECK_EQ(wait().from, 0xc);
}

CASE("ipc.md 1.5", "IRQ objects come first: they queue with priority 255")
{
  l4_umword_t label = 0x11;
  Irq irq;
  CHECK_LABEL(irq.bind(env.thread, 0x77), 0);
  Worker sender(send_to_main, &label, 254);
  sender.start();
  CHECK(!irq.trigger().failed());
  CHECK_EQ(wait().from, 0x77);
  CHECK_EQ(wait().from, 0x11);
}

CASE("ipc.md 1.6", "a closed wait takes only the named sender, the others stay queued")
{
  l4_umword_t labels[2] = {0x21, 0x22};
  Worker first(send_to_main, &labels[0], 140);
  Worker second(send_to_main, &labels[1], 130);
  first.start();
  second.start();
  CHECK_EQ(receive(second.cap()).from, 0x22);
  CHECK(!first.done());
  CHECK_EQ(receive(first.cap()).from, 0x21);
  CHECK(first.finished());
}

CASE("ipc.md 1.6", "matching is by thread, not by path: closed wait accepts what comes by a gate")
{
  Gate gate(env.thread, 0x5550);
  Worker sender([](Worker &me) { me.result = send(me.data<Gate>(), 4, {7}); }, &gate);
  sender.start();
  Result const r = receive(sender.cap());
  CHECK_LABEL(r, 4);
  CHECK_EQ(r.from, 0x5550 | 3);
  CHECK_EQ(mr(0), 7);
}

CASE("ipc.md 1.8", "receive timeout 0 still delivers a queued message")
{
  l4_umword_t label = 0x33;
  Worker sender(send_to_main, &label);
  sender.start();
  CHECK_EQ(wait(Zero).from, 0x33);
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
}

CASE("ipc.md 1.10", "a queued sender gets 0x06 when the receiver dies")
{
  Worker receiver([](Worker &) { sleep_us(1000000); });
  receiver.start();
  Worker sender([](Worker &me) { me.result = send(me.data<Worker>().cap(), 0, {1}); }, &receiver);
  sender.start();
  CHECK(!sender.done());
  task_unmap(env.task, object_page(receiver.cap()), L4_FP_DELETE_OBJ);
  REQUIRE(sender.finished());
  CHECK_EQ(sender.result.error(), L4_IPC_SECANCELED);
  CHECK_EQ(sender.result.tag, L4_MSGTAG_ERROR);
}

CASE("ipc.md 1.11", "a closed wait for a thread that dies ends with its own timeout")
{
  Worker partner([](Worker &) { sleep_us(1000000); });
  partner.start();
  Worker waiter(
      [](Worker &me) { me.result = receive(me.data<Worker>().cap(), pair(0, half(10000))); },
      &partner);
  waiter.start();
  task_unmap(env.task, object_page(partner.cap()), L4_FP_DELETE_OBJ);
  sleep_us(2000);
  CHECK(!waiter.done());
  REQUIRE(waiter.finished());
  CHECK_EQ(waiter.result.error(), L4_IPC_RETIMEOUT);
}

CASE("ipc.md 5 code 0x06", "ex_regs with cancel ends a blocked send")
{
  Worker target([](Worker &) { sleep_us(1000000); });
  target.start();
  Worker sender([](Worker &me) { me.result = send(me.data<Worker>().cap(), 0, {1}); }, &target);
  sender.start();
  CHECK(!sender.done());
  CHECK_LABEL(ex_regs(sender.cap(), ~0UL, ~0UL, L4_THREAD_EX_REGS_CANCEL), 0);
  REQUIRE(sender.finished());
  CHECK_EQ(sender.result.error(), L4_IPC_SECANCELED);
}

CASE("ipc.md 5 code 0x07", "ex_regs with cancel ends a wait")
{
  Worker waiter([](Worker &me) { me.result = wait(); });
  waiter.start();
  CHECK_LABEL(ex_regs(waiter.cap(), ~0UL, ~0UL, L4_THREAD_EX_REGS_CANCEL), 0);
  REQUIRE(waiter.finished());
  CHECK_EQ(waiter.result.error(), L4_IPC_RECANCELED);
}

CASE("ipc.md 1.5", "a sender that is not queued is refused while another is: 0x02 with timeout 0")
{
  Behind_queue b(Prio_low + 10);
  CHECK_EQ(send(b.receiver.cap(), 0, {}, {}, Zero).error(), L4_IPC_SETIMEOUT);
  sleep_us(500);
  CHECK_EQ(b.receiver.value[0], 0xa);
  CHECK(!invoke(b.receiver.cap() | L4_SYSF_SEND, 0, Zero, 0xb).failed()); // nobody is queued now
  REQUIRE(b.receiver.finished());
  CHECK_EQ(b.receiver.value[1], 0xb);
}

CASE("ipc.md 1.5", "with time it takes its place in the queue: by priority, not by who is direct")
{
  struct {
    unsigned prio;
    l4_umword_t first, second;
  } const orders[] = {{Prio_low + 10, 0xb, 0xa}, {Prio_high, 0xa, 0xb}};
  for (auto const &order : orders) {
    Behind_queue b(order.prio);
    CHECK(!invoke(b.receiver.cap() | L4_SYSF_SEND, 0, Patience, 0xb).failed());
    REQUIRE(b.receiver.finished());
    CHECK_EQ(b.receiver.value[0], order.first);
    CHECK_EQ(b.receiver.value[1], order.second);
  }
}

// SPDX-License-Identifier: MIT
// IRQ objects and semaphores (kernel-objects.md sections 5 and 6; ipc.md section 10).
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/irq.h>
#include <l4/sys/rcv_endpoint.h>
#include <l4/sys/semaphore.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>

using namespace Tap;

namespace {

Result detach(l4_cap_idx_t irq)
{
  return call(irq, L4_PROTO_IRQ_SENDER, {L4_IRQ_SENDER_OP_DETACH});
}

} // namespace

CASE("ipc.md 10", "an IRQ message: tag 0, the label of the bind, no message register touched")
{
  Irq irq;
  CHECK_LABEL(irq.bind(env.thread, 0xabcdef0123456789), 0);
  CHECK(!irq.trigger().failed());
  poison_mrs();
  Result const r = wait();
  CHECK_EQ(r.tag, 0);
  CHECK_EQ(r.from, 0xabcdef0123456789);
  CHECK_EQ(poisoned_from(0), L4_UTCB_GENERIC_DATA_SIZE);
}

CASE("ipc.md 10", "matched by open wait and by closed wait on the IRQ object, by nothing else")
{
  Irq irq, other;
  CHECK_LABEL(irq.bind(env.thread, 1), 0);
  CHECK_LABEL(other.bind(env.thread, 2), 0);
  CHECK(!irq.trigger().failed());
  CHECK_EQ(receive(other, Zero).error(), L4_IPC_RETIMEOUT);
  CHECK_EQ(receive(irq, Zero).from, 1);
}

CASE("kernel-objects.md 5 trigger", "triggers while a message is queued are merged")
{
  Irq irq;
  CHECK_LABEL(irq.bind(env.thread, 5), 0);
  for (unsigned i = 0; i < 3; ++i)
    CHECK(!irq.trigger().failed());
  CHECK_EQ(wait(Zero).from, 5);
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
}

CASE("kernel-objects.md 5 trigger", "needs no right; opcode 2 with a word does the same")
{
  Irq irq;
  CHECK_LABEL(irq.bind(env.thread, 6), 0);
  Copy bare(irq, L4_CAP_FPAGE_R);
  CHECK(!semaphore_up(bare).failed());
  CHECK_EQ(wait(Zero).from, 6);
  CHECK(!send(bare, L4_PROTO_IRQ, {L4_IRQ_OP_TRIGGER}).failed());
  CHECK_EQ(wait(Zero).from, 6);
}

CASE("kernel-objects.md 5 trigger", "of an unbound object: remembered once, delivered at bind")
{
  Irq irq;
  CHECK(!irq.trigger().failed());
  CHECK(!irq.trigger().failed());
  CHECK_LABEL(irq.bind(env.thread, 7), 0);
  CHECK_EQ(wait(Zero).from, 7);
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
}

CASE("kernel-objects.md 5 trigger",
     "what was remembered is delivered at one bind, not at every one")
{
  Irq irq;
  CHECK(!irq.trigger().failed());
  CHECK_LABEL(irq.bind(env.thread, 7), 0);
  CHECK_EQ(wait(Zero).from, 7);
  CHECK_LABEL(detach(irq), 0); // nothing is pending
  CHECK_LABEL(irq.bind(env.thread, 8), 0);
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
}

CASE("kernel-objects.md 5 trigger",
     "of an object bound to a deleted thread: delivered at the next bind")
{
  Irq irq;
  {
    Worker gone([](Worker &) { sleep_us(100000); });
    gone.start();
    CHECK_LABEL(irq.bind(gone.cap(), 8), 0);
  }
  CHECK(!irq.trigger().failed());
  CHECK_LABEL(irq.bind(env.thread, 9), 0);
  CHECK_EQ(wait(Zero).from, 9);
}

CASE("style.md regression interrupts",
     "a message still queued when its thread is deleted is delivered at the next bind")
{
  Irq irq;
  {
    Worker busy([](Worker &) { receive(Self, Never); });
    busy.start();
    CHECK_LABEL(irq.bind(busy.cap(), 1), 0);
    CHECK(!irq.trigger().failed());
  }
  CHECK_LABEL(irq.bind(env.thread, 2), 0);
  Result const r = wait(Zero);
  CHECK(!r.failed());
  CHECK_EQ(r.from, 2);
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
}

CASE("kernel-objects.md 5 bind",
     "to the same thread only changes the label, of a queued message too")
{
  Irq irq;
  CHECK_LABEL(irq.bind(env.thread, 10), 0);
  CHECK(!irq.trigger().failed());
  CHECK_LABEL(irq.bind(env.thread, 11), 0);
  CHECK_EQ(wait(Zero).from, 11);
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
}

CASE("kernel-objects.md 5 bind", "a pending interrupt moves to the new thread")
{
  Irq irq;
  CHECK_LABEL(irq.bind(env.thread, 12), 0);
  CHECK(!irq.trigger().failed());
  Worker other([](Worker &me) { me.result = wait(); });
  other.start();
  CHECK_LABEL(irq.bind(other.cap(), 13), 0);
  REQUIRE(other.finished());
  CHECK_EQ(other.result.from, 13);
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
}

CASE("kernel-objects.md 5 bind", "S on IRQ and thread: -EPERM; not a thread: -EINVAL")
{
  Irq irq;
  Semaphore sem;
  Copy no_s_irq(irq, L4_CAP_FPAGE_RW);
  Copy no_s_thread(env.thread, L4_CAP_FPAGE_RW);
  CHECK_LABEL(call(no_s_irq, L4_PROTO_KOBJECT, {L4_RCV_EP_BIND_OP, 0}, {object(env.thread)}),
              -L4_EPERM);
  CHECK_LABEL(irq.bind(no_s_thread, 0), -L4_EPERM);
  CHECK_LABEL(irq.bind(sem, 0), -L4_EINVAL);
  CHECK_LABEL(call(irq, L4_PROTO_KOBJECT, {L4_RCV_EP_BIND_OP, 0}), -L4_EINVAL);
}

CASE("kernel-objects.md 0 order of checks",
     "bind: the right on the IRQ object comes before the number of words")
{
  Irq irq;
  Copy no_s(irq, L4_CAP_FPAGE_RW);
  CHECK_LABEL(call(no_s, L4_PROTO_KOBJECT, {L4_RCV_EP_BIND_OP}), -L4_EPERM);
  CHECK_LABEL(call(irq, L4_PROTO_KOBJECT, {L4_RCV_EP_BIND_OP}), -L4_EMSGTOOSHORT);
}

CASE("kernel-objects.md 5 detach", "0 idle, 1 pending (remembered), -ENOENT unbound")
{
  Irq irq;
  CHECK_LABEL(detach(irq), -L4_ENOENT);
  CHECK_LABEL(irq.bind(env.thread, 20), 0);
  CHECK_LABEL(detach(irq), 0);
  CHECK_LABEL(detach(irq), -L4_ENOENT);
  CHECK_LABEL(irq.bind(env.thread, 20), 0);
  CHECK(!irq.trigger().failed());
  CHECK_LABEL(detach(irq), 1);
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
  CHECK_LABEL(irq.bind(env.thread, 21), 0);
  CHECK_EQ(wait(Zero).from, 21);
}

CASE("kernel-objects.md 5 detach", "needs S: -EPERM")
{
  Irq irq;
  Copy no_s(irq, L4_CAP_FPAGE_RW);
  CHECK_LABEL(detach(no_s), -L4_EPERM);
}

CASE("kernel-objects.md 5", "other opcodes: -ENOSYS; there is no get_info, no bind_vcpu")
{
  Irq irq;
  CHECK_LABEL(call(irq, L4_PROTO_KOBJECT, {0x11}), -L4_ENOSYS);
  CHECK_LABEL(call(irq, L4_PROTO_IRQ_SENDER, {0x33}), -L4_ENOSYS);
  CHECK_LABEL(call(irq, L4_PROTO_IRQ_SENDER, {2, 0}, {object(env.thread)}), -L4_ENOSYS);
}

CASE("kernel-objects.md 5 delete", "a queued message is withdrawn")
{
  Irq irq;
  CHECK_LABEL(irq.bind(env.thread, 30), 0);
  CHECK(!irq.trigger().failed());
  irq.remove();
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
}

CASE("kernel-objects.md 5 receive", "l4_irq_receive: EOI and closed wait in one call")
{
  Irq irq;
  CHECK_LABEL(irq.bind(env.thread, 31), 0);
  Worker trigger(
      [](Worker &me) {
        sleep_us(1000);
        me.data<Irq>().trigger();
      },
      &irq);
  trigger.start();
  Result const r = call(irq, L4_PROTO_IRQ, {L4_IRQ_OP_EOI}, {}, pair(0, half(500000)));
  CHECK_EQ(r.error(), 0);
  CHECK_EQ(r.from, 31);
  CHECK_EQ(call(irq, L4_PROTO_IRQ, {L4_IRQ_OP_EOI}, {}, pair(0, Half_zero)).error(),
           L4_IPC_RETIMEOUT);
}

CASE("kernel-objects.md 5 wake", "a trigger wakes a waiting thread of higher priority at once")
{
  Irq irq;
  Worker waiter([](Worker &me) { me.result = wait(); });
  waiter.start();
  CHECK_LABEL(irq.bind(waiter.cap(), 32), 0);
  CHECK(!irq.trigger().failed());
  CHECK(waiter.done());
  CHECK_EQ(waiter.result.from, 32);
}

CASE("kernel-objects.md 6", "the count starts at 0 and follows up and down")
{
  Semaphore sem;
  CHECK_EQ(semaphore_down(sem).error(), L4_IPC_RETIMEOUT);
  for (unsigned i = 0; i < 3; ++i)
    CHECK(!semaphore_up(sem).failed());
  for (unsigned i = 0; i < 3; ++i)
    CHECK_LABEL(semaphore_down(sem), 0);
  CHECK_EQ(semaphore_down(sem).error(), L4_IPC_RETIMEOUT);
}

CASE("ipc.md 1.3", "down clears the error register, as no other success does")
{
  Semaphore sem;
  CHECK_EQ(semaphore_down(sem).error(), L4_IPC_RETIMEOUT);
  CHECK_EQ(l4_utcb_tcr()->error, L4_IPC_RETIMEOUT);
  CHECK(!semaphore_up(sem).failed());
  CHECK_EQ(l4_utcb_tcr()->error, L4_IPC_RETIMEOUT);
  CHECK_LABEL(semaphore_down(sem), 0);
  CHECK_EQ(l4_utcb_tcr()->error, 0);
}

CASE("kernel-objects.md 6", "down needs S: -EPERM; up needs no right")
{
  Semaphore sem;
  Copy bare(sem, L4_CAP_FPAGE_RW);
  CHECK_LABEL(semaphore_down(bare), -L4_EPERM);
  CHECK(!semaphore_up(bare).failed());
  CHECK_LABEL(semaphore_down(sem), 0);
}

CASE("kernel-objects.md 6", "up wakes the waiter of the highest priority, FIFO within one")
{
  static l4_umword_t order[4], count;
  count = 0;
  Semaphore sem;
  auto const body = [](Worker &me) {
    me.result = semaphore_down(me.data<Semaphore>(), Patience);
    order[count++] = l4_umword_t(&me);
  };
  Worker low(body, &sem, 120), first(body, &sem, 140), second(body, &sem, 140);
  low.start();
  first.start();
  second.start();
  for (unsigned i = 0; i < 3; ++i)
    CHECK(!semaphore_up(sem).failed());
  REQUIRE(count == 3);
  CHECK_EQ(order[0], l4_umword_t(&first));
  CHECK_EQ(order[1], l4_umword_t(&second));
  CHECK_EQ(order[2], l4_umword_t(&low));
}

CASE("kernel-objects.md 6", "cancel 0x07, destruction 0x04; neither consumes a count")
{
  Semaphore sem;
  Worker cancelled([](Worker &me) { me.result = semaphore_down(me.data<Semaphore>(), Patience); },
                   &sem);
  cancelled.start();
  CHECK_LABEL(ex_regs(cancelled.cap(), ~0UL, ~0UL, L4_THREAD_EX_REGS_CANCEL), 0);
  REQUIRE(cancelled.finished());
  CHECK_EQ(cancelled.result.error(), L4_IPC_RECANCELED);
  CHECK(!semaphore_up(sem).failed());
  CHECK_LABEL(semaphore_down(sem), 0);
  Worker orphan([](Worker &me) { me.result = semaphore_down(me.data<Semaphore>(), Patience); },
                &sem);
  orphan.start();
  sem.remove();
  REQUIRE(orphan.finished());
  CHECK_EQ(orphan.result.error(), L4_IPC_ENOT_EXISTENT);
}

CASE("kernel-objects.md 6", "a deleted waiter consumes nothing")
{
  Semaphore sem;
  {
    Worker gone([](Worker &me) { semaphore_down(me.data<Semaphore>(), Patience); }, &sem);
    gone.start();
  }
  CHECK(!semaphore_up(sem).failed());
  CHECK_LABEL(semaphore_down(sem), 0);
}

CASE("kernel-objects.md 6", "a thread blocked in down accepts no IPC")
{
  Semaphore sem;
  Worker waiter([](Worker &me) { me.result = semaphore_down(me.data<Semaphore>(), Patience); },
                &sem);
  waiter.start();
  CHECK_EQ(send(waiter.cap(), 0, {1}, {}, Zero).error(), L4_IPC_SETIMEOUT);
  CHECK(!semaphore_up(sem).failed());
  CHECK(waiter.finished());
}

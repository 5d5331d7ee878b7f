// SPDX-License-Identifier: MIT
// Messages to a thread in vCPU mode (kernel-entry.md section 10, ipc.md section 7).
#include "vcpu_lab.h"

using namespace Tap;

namespace {

constexpr unsigned Pending = L4_VCPU_SF_IRQ_PENDING;

} // namespace

CASE("kernel-entry.md 10 entry",
     "a message in user mode, send timeout 0: trap 0xfe, tag and label in i")
{
  Guest_task task;
  Lab lab(spin, User, task, Prio_low);
  REQUIRE(start_spinning(lab));
  l4_umword_t const tag = compose(0x77, {0x11, 0x22, 0x33});
  CHECK(!invoke(lab.cap() | L4_SYSF_SEND, tag, Zero, 0xabc).failed());
  REQUIRE(lab.finished());
  Entry const &e = lab.entries[0];
  CHECK_EQ(e.area.r.trapno, 0xfe);
  CHECK_EQ(e.area.r.err, 0);
  CHECK_EQ(e.area.i.tag.raw, raw_tag(0x77, 3));
  CHECK_EQ(e.area.i.label, 0xabc);
  CHECK_EQ(e.mr[0], 0x11);
  CHECK_EQ(e.mr[2], 0x33);
  CHECK_EQ(e.area.saved_state & User, User);
  CHECK_EQ(e.area.state, 0);
  CHECK_EQ(e.sp, lab.host_stack_top());
  CHECK_EQ(e.di, spare_utcb());
  CHECK_EQ(e.others, 0);
  CHECK_EQ(e.area.sticky_flags, 0);
  CHECK_GE(e.area.r.ip, l4_umword_t(spin));
  CHECK_LE(e.area.r.ip, l4_umword_t(spin) + 32);
}

CASE("ipc.md 7", "a call to a vCPU: the implicit reply slot holds the caller")
{
  Guest_task task;
  Lab lab(spin, User, task, Prio_low);
  lab.stop_at = 9;
  lab.handle = [](Lab &, Entry &) { reply(5, {0x99}); };
  REQUIRE(start_spinning(lab));
  Result const r = call(lab.cap(), 3, {1});
  CHECK_LABEL(r, 5);
  CHECK_EQ(mr(0), 0x99);
}

CASE("kernel-entry.md 10 entry", "an IRQ in user mode: label as bound, tag 0")
{
  Guest_task task;
  Irq irq;
  Lab lab(spin, User, task, Prio_low);
  CHECK_LABEL(irq.bind(lab.cap(), 0x1230), 0);
  REQUIRE(start_spinning(lab));
  irq.trigger();
  REQUIRE(lab.finished());
  CHECK_EQ(lab.entries[0].area.r.trapno, 0xfe);
  CHECK_EQ(lab.entries[0].area.i.label, 0x1230);
  CHECK_EQ(lab.entries[0].area.i.tag.raw, 0);
}

CASE("kernel-entry.md 10 SP rule", "kernel mode with IRQ set: an upcall on the interrupted stack")
{
  Lab lab(spin, Irqs, L4_INVALID_CAP, Prio_low);
  REQUIRE(start_spinning(lab));
  CHECK(!send(lab.cap(), 1, {}, {}, Zero).failed());
  REQUIRE(lab.finished());
  CHECK_EQ(lab.entries[0].area.r.trapno, 0xfe);
  CHECK_EQ(lab.entries[0].sp, lab.guest_stack_top() - 8);
  CHECK_EQ(lab.entries[0].area.saved_state, Irqs);
}

CASE("kernel-entry.md 10 sticky_flags", "without IRQ a sender is queued and IRQ_PENDING set")
{
  Lab lab(spin, 0, L4_INVALID_CAP, Prio_low);
  REQUIRE(start_spinning(lab));
  CHECK_EQ(send(lab.cap(), 1, {}, {}, Zero).error(), L4_IPC_SETIMEOUT);
  CHECK_EQ(lab.area().sticky_flags, 0);
  CHECK_EQ(send(lab.cap(), 1, {}, {}, pair(half(1000), Half_zero)).error(), L4_IPC_SETIMEOUT);
  CHECK_EQ(lab.area().sticky_flags & Pending, Pending);
  CHECK_EQ(lab.count, 0);
}

CASE("kernel-objects.md 3 vcpu_resume",
     "IRQ in saved_state and one pending: entry instead of user mode")
{
  Guest_task task;
  Irq irq, other;
  Lab lab(undefined, User | Irqs, task, Prio_low);
  CHECK_LABEL(irq.bind(lab.cap(), 0x550), 0);
  CHECK_LABEL(other.bind(lab.cap(), 0x660), 0);
  lab.area().r.bx = 0xb0b;
  lab.stop_at = 3;
  irq.trigger();
  other.trigger();
  CHECK_EQ(lab.area().sticky_flags & Pending, 0); // not started: the triggers are remembered only
  CHECK_LABEL(irq.bind(env.thread, 0), 0);
  receive(irq, Zero);
  CHECK_LABEL(other.bind(env.thread, 0), 0);
  receive(other, Zero);
  CHECK_LABEL(irq.bind(lab.cap(), 0x550), 0);
  CHECK_LABEL(other.bind(lab.cap(), 0x660), 0);
  lab.run(); // lower priority: ready, not yet running
  irq.trigger();
  other.trigger();
  CHECK_EQ(lab.area().sticky_flags & Pending, Pending);
  REQUIRE(lab.finished());
  CHECK_EQ(lab.entries[0].area.r.trapno, 0xfe);
  CHECK_EQ(lab.entries[0].area.i.label, 0x550);
  CHECK_EQ(lab.entries[0].area.r.bx, 0xb0b);
  CHECK_EQ(lab.entries[0].area.r.ip, l4_umword_t(undefined));
  CHECK_EQ(lab.entries[0].sp, lab.host_stack_top());
  CHECK_EQ(lab.entries[0].area.saved_state & (User | Irqs), User | Irqs);
  CHECK_EQ(lab.entries[0].area.sticky_flags & Pending, Pending);
  CHECK_EQ(lab.entries[1].area.i.label, 0x660);
  CHECK_EQ(lab.entries[1].area.sticky_flags & Pending, 0);
  CHECK_EQ(lab.entries[2].area.r.trapno, 6);
}

CASE("kernel-objects.md 3 vcpu_resume", "pending set, but nothing there: the tag carries an error")
{
  Lab lab(undefined, Irqs);
  lab.area().sticky_flags = Pending;
  REQUIRE(lab.finish());
  Entry const &e = lab.entries[0];
  CHECK_EQ(e.area.r.trapno, 0xfe);
  CHECK_EQ(e.area.i.tag.raw & L4_MSGTAG_ERROR, L4_MSGTAG_ERROR);
  CHECK_EQ(e.area.sticky_flags & Pending, 0);
  CHECK_EQ(e.sp, lab.guest_stack_top() - 8); // saved_state is kernel mode: r's stack
}

CASE("kernel-entry.md 10 sticky_flags", "cleared by a receive that empties the sender list")
{
  Lab lab(undefined, L4_VCPU_F_EXCEPTIONS, L4_INVALID_CAP, Prio_low);
  Irq irq;
  CHECK_LABEL(irq.bind(lab.cap(), 0x880), 0);
  static Result first, second;
  static l4_umword_t volatile before, between, go;
  go = 0;
  lab.stop_at = 2;
  lab.handle = [](Lab &l, Entry &) {
    go = 1;
    while (go == 1) {
    }
    before = l.area().sticky_flags;
    first = wait(Zero);
    between = l.area().sticky_flags;
    second = wait(Zero);
  };
  lab.run();
  for (unsigned n = 0; !go && n < 100; ++n)
    sleep_us(200);
  irq.trigger();
  go = 2;
  REQUIRE(lab.finished());
  CHECK_EQ(before & Pending, Pending);
  CHECK_EQ(first.from, 0x880);
  CHECK_EQ(between & Pending, 0);
  CHECK_EQ(second.error(), L4_IPC_RETIMEOUT);
}

CASE("kernel-entry.md 10 entry",
     "a thread inside a system call is not interrupted, but right after it")
{
  // Blocked in a closed wait with IRQs on: the message waits until the wait is over.
  static Result closed;
  Lab lab(
      [] {
        closed = receive(env.thread, pair(0, half(60000)));
        for (;;)
          spinning = 2;
      },
      Irqs, L4_INVALID_CAP, Prio_low);
  spinning = 0;
  Irq irq;
  CHECK_LABEL(irq.bind(lab.cap(), 0x770), 0);
  lab.run();
  sleep_us(1000);
  irq.trigger();
  CHECK_EQ(lab.count, 0);
  CHECK_EQ(lab.area().sticky_flags & Pending, Pending);
  REQUIRE(lab.finished());
  CHECK_EQ(lab.entries[0].area.r.trapno, 0xfe);
  CHECK_EQ(lab.entries[0].area.i.label, 0x770);
  CHECK_EQ(lab.area().sticky_flags & Pending, 0);
}

CASE("kernel-entry.md 10 entry",
     "an IRQ that the thread itself triggers comes behind the system call")
{
  static Irq *own;
  Irq irq;
  own = &irq;
  spinning = 0;
  Lab lab(
      [] {
        register l4_umword_t kept __asm__("rbx") = 0x5eed;
        __asm__ volatile("" : "+r"(kept));
        own->trigger();
        __asm__ volatile("" : "+r"(kept));
        spinning = kept;
        for (;;) {
        }
      },
      Irqs, L4_INVALID_CAP, Prio_low);
  lab.stop_at = 2;
  lab.handle = [](Lab &, Entry &) {};
  CHECK_LABEL(irq.bind(lab.cap(), 0x990), 0);
  lab.run();
  for (unsigned n = 0; !spinning && n < 100; ++n)
    sleep_us(200);
  CHECK_EQ(lab.count, 1);
  CHECK_EQ(lab.entries[0].area.i.label, 0x990);
  CHECK_EQ(spinning, 0x5eed);
}

CASE("kernel-entry.md 10 entry", "items of a message arrive through the thread's own buffers")
{
  Guest_task task;
  Gate sent(env.thread, 0x40);
  Slot slot;
  Lab lab(spin, User, task, Prio_low);
  auto *buffers = reinterpret_cast<l4_umword_t *>(lab.worker().utcb() + 0x200);
  buffers[0] = 0;
  buffers[1] = slot | L4_RCV_ITEM_SINGLE_CAP;
  buffers[2] = 0;
  REQUIRE(start_spinning(lab));
  CHECK(!send(lab.cap(), 1, {}, {object(sent)}, Zero).failed());
  REQUIRE(lab.finished());
  CHECK_EQ(lab.entries[0].area.i.tag.raw, raw_tag(1, 0, 1));
  CHECK(slot.valid());
  buffers[1] = 0;
}

CASE("style.md regression vCPU", "a storm of messages: every one arrives, registers survive")
{
  Guest_task task;
  Lab lab(
      [] {
        __asm__ volatile("movq $1, %0\n xor %%ebx, %%ebx\n"
                         "1: inc %%rbx\n mov %%rbx, %%r12\n cmp %%rbx, %%r12\n je 1b\n ud2"
                         : "=m"(spinning));
      },
      User, task, Prio_low);
  static unsigned volatile received;
  received = 0;
  lab.stop_at = 1000;
  lab.handle = [](Lab &l, Entry &e) {
    if (e.area.r.trapno == 0xfe) received = received + 1;
    l.count = 0;
  };
  REQUIRE(start_spinning(lab));
  for (unsigned i = 0; i < 100; ++i)
    CHECK(!send(lab.cap(), 1, {}, {}, pair(half(50000), Half_zero)).failed());
  sleep_us(2000);
  CHECK_EQ(received, 100);
  CHECK_EQ(lab.entries[0].area.r.trapno, 0xfe);
}

// SPDX-License-Identifier: MIT
// What the selector of a wait means, labels of queued messages, and what a thread leaves behind
// (ipc.md sections 1, 2, 6; kernel-objects.md 3; kernel-entry.md 5).
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/irq.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>

using namespace Tap;

namespace {

constexpr l4_umword_t Soon = pair(half(500), half(500));

void send_to_main(Worker &me)
{
  me.result = invoke(env.thread | L4_SYSF_SEND, raw_tag(3, 0), Patience, 0x77);
}

/// An open wait with this selector takes a queued message of somebody else.
bool takes_anyone(l4_cap_idx_t selector)
{
  Worker sender(send_to_main);
  sender.start();
  Result const r = invoke(selector | L4_SYSF_WAIT, 0, Soon);
  bool const taken = !r.failed() && r.from == 0x77;
  if (!taken) wait(Zero);
  return taken;
}

struct Target {
  l4_cap_idx_t cap;
  l4_umword_t label;
};
void send_with_label(Worker &me)
{
  Target const &t = me.data<Target>();
  me.result = invoke(t.cap | L4_SYSF_SEND, raw_tag(0, 0), Patience, t.label);
}

/// Rewrite labels of what is queued at a thread: groups of mask, value, bits to clear, bits to set.
Result modify(l4_cap_idx_t thread, std::initializer_list<l4_umword_t> groups)
{
  unsigned words = 0;
  mr(words++) = L4_THREAD_MODIFY_SENDER_OP;
  for (l4_umword_t word : groups)
    mr(words++) = word;
  return invoke(thread | L4_SYSF_CALL, raw_tag(L4_PROTO_THREAD, words));
}

/// Many messages queued at a thread that takes none, and a thread that rewrites their labels, for
/// which it needs several steps. It runs only when the main thread sleeps.
struct Long_run {
  static constexpr unsigned Messages = 200, Groups = 15;
  Worker receiver{take_all};
  Irq messages[Messages];
  Worker rewriter{rewrite, this, Prio_low};

  Long_run()
  {
    receiver.start();
    for (Irq &irq : messages) {
      CHECK_LABEL(irq.bind(receiver.cap(), 0x100), 0);
      CHECK(!irq.trigger().failed());
    }
    rewriter.start();
  }
  /// A run of the main thread, which matches no label.
  Result another() { return modify(receiver.cap(), {~0UL, 1, 0, 0}); }
  /// Let the rewriter run for a moment, then try; true if that found its run under way.
  bool meets()
  {
    for (unsigned n = 0; n < 200 && !rewriter.done(); ++n) {
      sleep_us(2);
      Result const r = another();
      if (r.checked_label() == -L4_EBUSY) return true;
      CHECK_LABEL(r, 0);
    }
    return false;
  }
  static void rewrite(Worker &me)
  {
    mr(0) = L4_THREAD_MODIFY_SENDER_OP;
    for (unsigned i = 0; i < Groups; ++i) {
      mr(4 * i + 1) = ~0UL;
      mr(4 * i + 2) = i + 1 == Groups ? 0x100 : 1;
      mr(4 * i + 3) = 0;
      mr(4 * i + 4) = 0x1000;
    }
    l4_umword_t const tag = raw_tag(L4_PROTO_THREAD, 1 + 4 * Groups);
    me.result = invoke(me.data<Long_run>().receiver.cap() | L4_SYSF_CALL, tag);
  }
  static void take_all(Worker &me)
  {
    sleep_us(1000000); // until it is cancelled
    for (Result r = wait(Zero); !r.failed(); r = wait(Zero))
      me.value[r.from >> 12] = me.value[r.from >> 12] + 1;
  }
  /// How many labels were rewritten of so many messages that are left.
  l4_umword_t rewritten(unsigned left = Messages)
  {
    CHECK_LABEL(ex_regs(receiver.cap(), ~0UL, ~0UL, L4_THREAD_EX_REGS_CANCEL), 0);
    CHECK(receiver.finished());
    CHECK_EQ(receiver.value[0] + receiver.value[1], left);
    return receiver.value[1];
  }
};

} // namespace

CASE("ipc.md 1 wait", "whatever thread or IRQ object the selector names: anyone is accepted")
{
  Worker other([](Worker &) { receive(Self, Never); });
  other.start();
  Irq irq;
  Gate gate(other.cap(), 0x10);
  CHECK(takes_anyone(Self));
  CHECK(takes_anyone(other.cap()));
  CHECK(takes_anyone(irq));
  CHECK(takes_anyone(gate)); // bound, section 6
}

CASE("ipc.md 1 wait",
     "the selector must resolve: an empty slot is 0x04, an unbound gate waits to be bound")
{
  Slot empty;
  Gate gate;
  CHECK_EQ(invoke(empty | L4_SYSF_WAIT, 0, Soon).error(), L4_IPC_ENOT_EXISTENT);
  CHECK_EQ(invoke(gate | L4_SYSF_WAIT, 0, Soon).error(), L4_IPC_SETIMEOUT);
}

CASE("ipc.md 2", "queued messages keep the label they were sent with when the gate is rebound")
{
  Gate gate(env.thread, 0x1230);
  Target target{gate, 0};
  Worker sender(send_with_label, &target);
  sender.start();
  CHECK_LABEL(gate.bind(env.thread, 0x4560), 0);
  CHECK_EQ(wait(Zero).from, 0x1233);
  Worker later(send_with_label, &target);
  later.start();
  CHECK_EQ(wait(Zero).from, 0x4563);
}

CASE("kernel-objects.md 3 modify_senders",
     "the first group that matches applies, to each message by itself")
{
  Target targets[] = {{env.thread, 0x110}, {env.thread, 0x220}, {env.thread, 0x330}};
  Worker one(send_with_label, &targets[0]), two(send_with_label, &targets[1]),
      three(send_with_label, &targets[2]);
  for (Worker *w : {&one, &two, &three})
    w->start();
  CHECK_LABEL(
      modify(env.thread, {~0ul, 0x110, ~0ul, 0xa, 0xf0, 0x20, 0xf, 0xb, ~0ul, 0x220, ~0ul, 0xc}),
      0);
  CHECK_EQ(wait(Zero).from, 0xa);
  CHECK_EQ(wait(Zero).from, 0x22b);
  CHECK_EQ(wait(Zero).from, 0x330);
}

CASE("kernel-objects.md 3 modify_senders", "fewer than 5 words change nothing")
{
  Target target{env.thread, 0x110};
  Worker sender(send_with_label, &target);
  sender.start();
  CHECK_LABEL(modify(env.thread, {0, 0, ~0ul}), 0);
  CHECK_LABEL(modify(env.thread, {}), 0);
  CHECK_EQ(wait(Zero).from, 0x110);
}

CASE("kernel-objects.md 3 modify_senders",
     "a queued IRQ object keeps the new label for later messages")
{
  Irq irq;
  CHECK_LABEL(irq.bind(env.thread, 0x51), 0);
  CHECK(!irq.trigger().failed());
  CHECK_LABEL(modify(env.thread, {~0ul, 0x51, ~0ul, 0x52}), 0);
  CHECK_EQ(wait(Zero).from, 0x52);
  CHECK(!irq.trigger().failed());
  CHECK_EQ(wait(Zero).from, 0x52);
}

CASE("kernel-objects.md 3 register_del_irq",
     "a semaphore is accepted: it counts the gates that were deleted")
{
  Worker server([](Worker &) { receive(Self, Never); });
  server.start();
  Semaphore gone;
  CHECK_LABEL(
      call(server.cap(), L4_PROTO_THREAD, {L4_THREAD_REGISTER_DELETE_IRQ_OP}, {object(gone)}), 0);
  {
    Gate a(server.cap(), 0x10), b(server.cap(), 0x20);
  }
  for (l4_umword_t error : {0, 0, int(L4_IPC_RETIMEOUT)})
    CHECK_EQ(semaphore_down(gone, Zero).error(), error);
}

CASE("kernel-entry.md 5", "the free marker becomes 0 when the kernel no longer uses a UTCB")
{
  auto const marker = [](Worker & w) -> l4_umword_t volatile &
  {
    return *reinterpret_cast<l4_umword_t *>(w.utcb() + 0x3e0);
  };
  Worker thread([](Worker &) { receive(Self, Never); });
  thread.start();
  marker(thread) = 1;
  sleep_us(1000);
  CHECK_EQ(marker(thread), 1);
  CHECK_LABEL(task_unmap(env.task, object_page(thread.cap()), L4_FP_DELETE_OBJ), 0);
  CHECK_EQ(marker(thread), 0);
}

CASE("kernel-objects.md 3 modify_senders", "-EBUSY while another run is active; that one goes on")
{
  Long_run run;
  CHECK(run.meets());
  REQUIRE(run.rewriter.finished());
  CHECK_LABEL(run.rewriter.result, 0);
  CHECK_LABEL(run.another(), 0);
  CHECK_EQ(run.rewritten(), Long_run::Messages);
}

CASE("kernel-objects.md 3 modify_senders",
     "messages leave in the middle of a run, also the next one")
{
  Long_run run;
  REQUIRE(run.meets());
  for (unsigned i = 0; i < Long_run::Messages; i += 2) // a step ends in front of an even one
    run.messages[i].remove();
  REQUIRE(run.rewriter.finished());
  CHECK_LABEL(run.rewriter.result, 0);
  CHECK_EQ(run.rewritten(Long_run::Messages / 2), Long_run::Messages / 2);
}

CASE("kernel-objects.md 3 modify_senders",
     "who makes no progress is taken over, and learns it: -EBUSY")
{
  Long_run run;
  REQUIRE(run.meets());
  CHECK_LABEL(run.another(), 0); // it did not run in between
  REQUIRE(run.rewriter.finished());
  CHECK_LABEL(run.rewriter.result, -L4_EBUSY);
  CHECK_NE(run.rewritten(), 0); // in part
}

CASE("kernel-entry.md 5",
     "the user's words of the UTCB are never touched: messages, faults, a bind")
{
  l4_umword_t *const mine = l4_utcb_tcr()->user;
  for (unsigned i = 0; i < 3; ++i)
    mine[i] = 0x77000 + i;
  Worker partner([](Worker &me) {
    l4_umword_t *const words = l4_utcb_tcr()->user;
    for (unsigned i = 0; i < 3; ++i)
      me.value[i] = words[i]; // before its first message: as they were when it was bound
    for (unsigned i = 0; i < 3; ++i)
      words[i] = 0x66000 + i;
    wait();
    invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(0, 63), Zero);
    receive(Self, Zero); // an error code
    for (unsigned i = 0; i < 3; ++i)
      me.value[3 + i] = words[i];
  });
  auto *const before = reinterpret_cast<l4_utcb_t *>(partner.utcb());
  for (unsigned i = 0; i < 3; ++i)
    l4_utcb_tcr_u(before)->user[i] = 0x55000 + i;
  partner.start();
  CHECK(!invoke(partner.cap() | L4_SYSF_CALL, raw_tag(0, 63)).failed());
  REQUIRE(partner.finished());
  for (unsigned i = 0; i < 3; ++i) {
    CHECK_EQ(partner.value[i], 0x55000 + i);
    CHECK_EQ(partner.value[3 + i], 0x66000 + i);
    CHECK_EQ(mine[i], 0x77000 + i);
  }
}

CASE("kernel-objects.md 3 register_del_irq", "fires when a gate is deleted, not on rebinding")
{
  Worker server([](Worker &) { sleep_us(1000000); });
  server.start();
  Irq irq;
  CHECK_LABEL(irq.bind(env.thread, 0xde1), 0);
  CHECK_LABEL(
      call(server.cap(), L4_PROTO_THREAD, {L4_THREAD_REGISTER_DELETE_IRQ_OP}, {object(irq)}), 0);
  Gate gate(server.cap(), 0);
  CHECK_LABEL(gate.bind(server.cap(), 0x10), 0);
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
  gate.remove();
  CHECK_EQ(wait(pair(0, half(100000))).from, 0xde1);
}

CASE("kernel-objects.md 3 register_del_irq", "set twice -EBUSY, no W -EPERM, no IRQ -EINVAL")
{
  Worker server([](Worker &) {});
  Irq irq;
  Gate gate;
  Copy read_only(irq, L4_CAP_FPAGE_RS);
  auto const set = [&](l4_cap_idx_t cap) {
    return call(server.cap(), L4_PROTO_THREAD, {L4_THREAD_REGISTER_DELETE_IRQ_OP}, {object(cap)});
  };
  CHECK_LABEL(set(read_only), -L4_EPERM);
  CHECK_LABEL(set(gate), -L4_EINVAL);
  CHECK_LABEL(set(irq), 0);
  CHECK_LABEL(set(irq), -L4_EBUSY);
  irq.remove();
  Irq again;
  CHECK_LABEL(set(again), 0);
}

CASE("kernel-objects.md 3 register_del_irq",
     "when the thread dies its IRQ object is free for others")
{
  Irq irq;
  auto const set = [&](l4_cap_idx_t thread) {
    return call(thread, L4_PROTO_THREAD, {L4_THREAD_REGISTER_DELETE_IRQ_OP}, {object(irq)});
  };
  {
    Worker first([](Worker &) {});
    CHECK_LABEL(set(first.cap()), 0);
    Worker second([](Worker &) {});
    CHECK_LABEL(set(second.cap()), -L4_EBUSY); // it belongs to one thread
  }
  Worker next([](Worker &) { sleep_us(1000000); });
  next.start();
  CHECK_LABEL(set(next.cap()), 0);
  CHECK_LABEL(irq.bind(env.thread, 0xde2), 0);
  Gate gate(next.cap(), 0);
  gate.remove();
  CHECK_EQ(wait(pair(0, half(100000))).from, 0xde2);
}

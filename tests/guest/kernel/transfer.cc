// SPDX-License-Identifier: MIT
// A transfer that takes its time, and what happens to one side in the middle of it (ipc.md 1, 3, 5;
// kernel-objects.md 3). The moment is moved over the whole transfer, from before its beginning to
// after its end.
#include "smp.h"

#include <l4/sys/task.h>
#include <l4/sys/thread.h>

using namespace Tap;

namespace {

constexpr unsigned Items = 24, Block = L4_PAGESHIFT + 6; ///< 24 times 64 pages
constexpr unsigned Moments = 10;                         ///< the last ones lie behind the end
constexpr l4_umword_t Keep = ~l4_umword_t(0), Patience_us = 40000;
constexpr l4_umword_t Sender_tag = raw_tag(5, 2, Items), Receiver_tag = raw_tag(8, 3);

/// A sender and a receiver in two tasks of their own; both run behind the main thread.
struct Pair {
  Child_task sending, receiving;
  Worker receiver, sender;
  l4_umword_t receive_timeout = half(Patience_us);

  explicit Pair(unsigned cpu);
  static void receive_blocks(Worker &me);
  static void send_blocks(Worker &me);
  bool over() const { return sender.done() && receiver.done(); }
};

constexpr l4_cap_idx_t Receiver_slot = 0x20 << L4_CAP_SHIFT;

Child_task *with_image(Child_task &task)
{
  CHECK_LABEL(task.share_image(), 0);
  return &task;
}

Pair::Pair(unsigned cpu)
    : receiver(receive_blocks, this, Prio_low, with_image(receiving)),
      sender(send_blocks, this, Prio_low, with_image(sending))
{
  Item const to{Receiver_slot | L4_ITEM_MAP, object_page(receiver.cap())};
  CHECK_LABEL(task_map(sending, env.task, to), 0);
  CHECK_LABEL(task_map(sending, env.task, memory(env.scratch, Block, L4_FPAGE_RW, env.scratch)), 0);
  for (Worker *w : {&receiver, &sender})
    CHECK_LABEL(run_on(w->cap(), cpu, Prio_low), 0);
}

void Pair::receive_blocks(Worker &me)
{
  set_buffers({L4_ITEM_MAP, l4_fpage_all().raw});
  mr(0) = 0;
  me.result = invoke(Self | L4_SYSF_WAIT, Receiver_tag, pair(0, me.data<Pair>().receive_timeout));
  me.value[0] = mr(0);
}

void Pair::send_blocks(Worker &me)
{
  mr(0) = 81;
  mr(1) = 82;
  for (unsigned i = 0; i < Items; ++i) {
    Item const item = memory(env.scratch, Block, L4_FPAGE_RW, Free_range + (l4_addr_t(i) << Block));
    mr(2 + 2 * i) = item.control | L4_ITEM_CONT;
    mr(3 + 2 * i) = item.fpage;
  }
  me.result =
      invoke(Receiver_slot | L4_SYSF_SEND, Sender_tag, pair(half(Patience_us), half(Patience_us)));
}

/// Microseconds that it takes without interference.
l4_umword_t length(unsigned cpu)
{
  constexpr l4_umword_t Nap = 10;
  Pair p(cpu);
  p.receiver.start();
  p.sender.start();
  l4_uint64_t const begin = now();
  while (!p.sender.done() && now() - begin < Patience_us)
    sleep_us(Nap);
  l4_uint64_t const end = now();
  CHECK(p.receiver.finished());
  CHECK_EQ(p.sender.result.tag, Sender_tag);
  CHECK_EQ(p.receiver.result.tag, Sender_tag);
  return end - begin;
}

/// Half of the moments, on each CPU: transfers that have begun and are not over yet.
template <typename Then> void while_it_runs(Then then)
{
  for (unsigned cpu = 0; cpu < 2; ++cpu) {
    l4_umword_t const whole = length(cpu);
    for (unsigned moment = 1; moment <= Moments / 2; ++moment) {
      Pair p(cpu);
      p.receiver.start();
      p.sender.start();
      sleep_us(whole * moment / (Moments - 2));
      then(p);
    }
  }
}

void cancel(Worker &w)
{
  CHECK_LABEL(ex_regs(w.cap(), Keep, Keep, L4_THREAD_EX_REGS_CANCEL), 0);
}
void destroy(l4_cap_idx_t cap)
{
  CHECK_LABEL(task_unmap(env.task, object_page(cap), L4_FP_DELETE_OBJ), 0);
}

/// What happened to the pair, and how both sides ended if it was in the middle.
struct Interference {
  void (*happen)(Pair &);
  bool sender_lives, receiver_lives;
};

bool ended(Worker const &w, l4_umword_t error, l4_umword_t tag)
{
  return w.done() && w.result.error() == error && w.result.tag == tag;
}

/// Before: the receiver got nothing of this message.
bool before(Pair const &p, Interference const &what)
{
  bool const sender = !what.sender_lives || p.sender.result.error() == L4_IPC_SETIMEOUT ||
                      p.sender.result.error() == L4_IPC_ENOT_EXISTENT;
  bool const receiver = !what.receiver_lives ||
                        ended(p.receiver, L4_IPC_RETIMEOUT, Receiver_tag | L4_MSGTAG_ERROR) ||
                        ended(p.receiver, L4_IPC_RECANCELED, Receiver_tag | L4_MSGTAG_ERROR);
  return sender && receiver;
}

bool in_the_middle(Pair const &p, Interference const &what)
{
  bool const sender = !what.sender_lives || ended(p.sender, L4_IPC_SECANCELED, L4_MSGTAG_ERROR);
  bool const receiver =
      !what.receiver_lives || (ended(p.receiver, L4_IPC_RECANCELED, Sender_tag | L4_MSGTAG_ERROR) &&
                               p.receiver.value[0] == 81); // the words came before the items
  return sender && receiver;
}

bool after(Pair const &p, Interference const &what)
{
  return (!what.sender_lives || ended(p.sender, 0, Sender_tag)) &&
         (!what.receiver_lives || ended(p.receiver, 0, Sender_tag));
}

/// Interfere at every moment. Each time both sides end in one of three ways, and the middle is hit.
void at_every_moment(Interference const &what)
{
  for (unsigned cpu = 0; cpu < 2; ++cpu) {
    l4_umword_t const whole = length(cpu);
    unsigned middle = 0;
    for (unsigned moment = 1; moment <= Moments && !Tap::failed(); ++moment) {
      Pair p(cpu);
      p.receiver.start();
      sleep_us(100);
      p.sender.start();
      sleep_us(whole * moment / (Moments - 2));
      what.happen(p);
      sleep_us(2 * Patience_us);
      bool const hit = in_the_middle(p, what);
      middle += hit;
      if (CHECK(hit || before(p, what) || after(p, what))) continue;
      note("moment", moment);
      note("CPU", cpu);
      note("sender's tag", p.sender.result.tag);
      note("sender's error", p.sender.result.error());
      note("receiver's tag", p.receiver.result.tag);
      note("receiver's error", p.receiver.result.error());
    }
    CHECK_GE(middle, 2);
  }
}

} // namespace

CASE("ipc.md 5 code 0x06", "the sender is cancelled: 0x06, the receiver gets 0x07 and the words")
{
  at_every_moment({[](Pair &p) { cancel(p.sender); }, true, true});
}

CASE("ipc.md 5 code 0x07", "the receiver is cancelled: the same")
{
  at_every_moment({[](Pair &p) { cancel(p.receiver); }, true, true});
}

CASE("ipc.md 1.2", "the sender is deleted: the receiver gets 0x07 with the sender's tag")
{
  at_every_moment({[](Pair &p) { destroy(p.sender.cap()); }, false, true});
}

CASE("ipc.md 1.10", "the receiver is deleted in the middle: the sender gets 0x06")
{
  at_every_moment({[](Pair &p) { destroy(p.receiver.cap()); }, true, false});
}

CASE("kernel-objects.md 3 ex_regs", "without cancel nothing happens to a transfer")
{
  while_it_runs([](Pair &p) {
    CHECK(!p.over());
    for (Worker *w : {&p.sender, &p.receiver})
      CHECK_LABEL(ex_regs(w->cap(), Keep, Keep), 0);
    CHECK(p.sender.finished());
    CHECK(p.receiver.finished());
    CHECK(after(p, {nullptr, true, true}));
  });
}

CASE("kernel-entry.md 4", "a receive timeout is over when the transfer begins")
{
  l4_umword_t const whole = length(0);
  Pair p(0);
  p.receive_timeout = half(whole / 2);
  p.receiver.start();
  p.sender.start();
  CHECK(p.sender.finished());
  CHECK(p.receiver.finished());
  CHECK(after(p, {nullptr, true, true}));
}

CASE("kernel-objects.md 2 destroy", "a task is deleted in the middle: both sides come to an end")
{
  for (bool receiving : {false, true})
    while_it_runs([&](Pair &p) {
      destroy(receiving ? p.receiving : p.sending);
      Worker &survivor = receiving ? p.sender : p.receiver;
      CHECK(survivor.finished(2 * Patience_us));
    });
}

CASE("ipc.md 1 scheduling", "a thread of higher priority runs in the middle")
{
  Pair p(0);
  p.receiver.start();
  p.sender.start();
  l4_umword_t latest = 0, naps = 0;
  for (; !p.sender.done(); ++naps) {
    l4_uint64_t const begin = now();
    sleep_us(20);
    latest = now() - begin > latest ? now() - begin : latest;
  }
  CHECK_GE(naps, 5);
  CHECK_LE(latest, 40);
  CHECK(p.receiver.finished());
}

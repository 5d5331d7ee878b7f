// SPDX-License-Identifier: MIT
// IPC between threads: phases, words, labels (ipc.md sections 1 and 2). Queues: queue.cc.
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/thread.h>

using namespace Tap;

namespace {

/// Wait for anybody once and keep tag, label and the first words.
void wait_once(Worker &me)
{
  poison_mrs();
  me.result = wait();
  for (unsigned i = 0; i < 4; ++i)
    me.value[i] = mr(i);
  me.value[4] = poisoned_from(0);
}

} // namespace

CASE("ipc.md 1 send", "a message reaches a thread in open wait, words, tag and label unchanged")
{
  Worker receiver(wait_once);
  receiver.start();
  l4_umword_t const tag = compose(-1234, {1, ~l4_umword_t(0), 3});
  Result const r = invoke(receiver.cap() | L4_SYSF_SEND, tag, Zero, 0xfeedface12345678);
  CHECK(!r.failed());
  CHECK_EQ(r.tag, tag);
  REQUIRE(receiver.finished());
  CHECK_EQ(receiver.result.tag, tag);
  CHECK_EQ(receiver.result.from, 0xfeedface12345678);
  CHECK_EQ(receiver.value[0], 1);
  CHECK_EQ(receiver.value[1], ~l4_umword_t(0));
  CHECK_EQ(receiver.value[2], 3);
}

CASE("ipc.md 1.7", "only the announced words are copied, the others keep their content")
{
  Worker receiver(wait_once);
  receiver.start();
  CHECK(!send(receiver.cap(), 0, {10, 11}).failed());
  REQUIRE(receiver.finished());
  CHECK_EQ(receiver.value[0], 10);
  CHECK_EQ(receiver.value[1], 11);
  CHECK_EQ(receiver.value[2], poison(2));
  CHECK_EQ(receiver.value[4], L4_UTCB_GENERIC_DATA_SIZE - 2);
}

CASE("ipc.md 1.7", "all 63 words arrive; none with a count of 0")
{
  for (unsigned words : {0u, 1u, 8u, 32u, 62u, 63u}) {
    Worker receiver([](Worker &me) {
      for (unsigned i = 0; i < L4_UTCB_GENERIC_DATA_SIZE; ++i)
        mr(i) = 0;
      me.result = wait();
      l4_umword_t right = 0, foreign = 0;
      for (unsigned i = 0; i < L4_UTCB_GENERIC_DATA_SIZE; ++i) {
        right += mr(i) == poison(i);
        foreign += mr(i) != poison(i) && mr(i) != 0;
      }
      me.value[0] = right;
      me.value[1] = foreign;
    });
    receiver.start();
    poison_mrs();
    CHECK(!invoke(receiver.cap() | L4_SYSF_SEND, raw_tag(0, words), Zero).failed());
    REQUIRE(receiver.finished());
    CHECK_EQ(receiver.value[0], words);
    CHECK_EQ(receiver.value[1], 0);
    CHECK_EQ(poisoned_from(0), L4_UTCB_GENERIC_DATA_SIZE);
  }
}

CASE("ipc.md 1 call", "call and reply: the answer comes back with tag, words and label")
{
  Worker server([](Worker &me) {
    me.result = wait();
    l4_umword_t const sum = mr(0) + mr(1);
    me.value[0] = reply(5, {sum, 99}).tag;
  });
  server.start();
  Result const r = call(server.cap(), 3, {30, 12});
  CHECK_LABEL(r, 5);
  CHECK_EQ(r.words(), 2);
  CHECK_EQ(mr(0), 42);
  CHECK_EQ(mr(1), 99);
  CHECK_EQ(server.result.label(), 3);
}

CASE("ipc.md 1 call",
     "a reply with send timeout 0 always finds the caller, also from lower priority")
{
  Worker server(
      [](Worker &me) {
        me.result = wait();
        for (unsigned i = 0; i < 100; ++i) {
          mr(0) = mr(0) + 1;
          me.result =
              invoke(Self | L4_SYSF_REPLY_AND_WAIT, raw_tag(0, 1), pair(Half_zero, half(2000000)));
          if (me.result.failed()) return;
        }
      },
      nullptr, Prio_low);
  server.start();
  sleep_us(1000);
  for (l4_umword_t i = 0; i < 100; ++i) {
    Result const r = call(server.cap(), 0, {i});
    CHECK_LABEL(r, 0);
    CHECK_EQ(mr(0), i + 1);
  }
}

CASE("ipc.md 1 call", "between two tasks, 63 words each way")
{
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  Worker server(
      [](Worker &me) {
        me.result = wait();
        for (unsigned i = 0; i < L4_UTCB_GENERIC_DATA_SIZE; ++i)
          mr(i) = ~mr(i);
        invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(-7, 63), Zero);
      },
      nullptr, Prio_high, &task);
  server.start();
  poison_mrs();
  Result const r = invoke(server.cap() | L4_SYSF_CALL, raw_tag(0, 63));
  CHECK_EQ(r.error(), 0);
  CHECK_EQ(r.label(), -7);
  CHECK_EQ(r.words(), 63);
  unsigned right = 0;
  for (unsigned i = 0; i < L4_UTCB_GENERIC_DATA_SIZE; ++i)
    right += mr(i) == ~poison(i);
  CHECK_EQ(right, 63);
  CHECK_EQ(server.result.words(), 63);
}

CASE("ipc.md 1.1", "a failed send: tag 0x8000, even code, no receive phase")
{
  Worker receiver([](Worker &) { sleep_us(50000); });
  receiver.start();
  l4_uint64_t const begin = now();
  Result const r = invoke(receiver.cap() | L4_SYSF_CALL, raw_tag(9, 4), pair(Half_zero, 0));
  CHECK_EQ(r.tag, L4_MSGTAG_ERROR);
  CHECK_EQ(r.error(), L4_IPC_SETIMEOUT);
  CHECK_LE(now() - begin, 20000);
}

CASE("ipc.md 1.2", "a failed receive: the own tag with bit 15, odd code")
{
  Worker receiver([](Worker &me) {
    me.result = wait();
    sleep_us(50000); // takes the call and never answers
  });
  receiver.start();
  l4_umword_t const tag = compose(9, {1, 2, 3});
  Result const r = invoke(receiver.cap() | L4_SYSF_CALL, tag, pair(0, half(2000)));
  CHECK_EQ(r.error(), L4_IPC_RETIMEOUT);
  CHECK_EQ(r.tag, tag | L4_MSGTAG_ERROR);
  l4_umword_t const bare = raw_tag(-3, 2);
  Result const waited = invoke(Self | L4_SYSF_WAIT, bare, Zero);
  CHECK_EQ(waited.error(), L4_IPC_RETIMEOUT);
  CHECK_EQ(waited.tag, bare | L4_MSGTAG_ERROR);
}

CASE("ipc.md 1.4", "send timeout 0 and a receiver that is not ready: 0x02 at once")
{
  Worker busy([](Worker &me) {
    while (!me.value[0])
      sleep_us(500);
  });
  busy.start();
  CHECK_EQ(send(busy.cap(), 0, {1}, {}, Zero).error(), L4_IPC_SETIMEOUT);
  busy.value[0] = 1;
}

CASE("ipc.md 1.9", "sending to oneself: 0x02 at once with timeout 0, else after the timeout")
{
  CHECK_EQ(invoke(Self | L4_SYSF_SEND, 0, Zero).error(), L4_IPC_SETIMEOUT);
  l4_uint64_t const begin = now();
  CHECK_EQ(invoke(Self | L4_SYSF_SEND, 0, pair(half(3000), 0)).error(), L4_IPC_SETIMEOUT);
  CHECK_GE(now() - begin, 3000);
  Result const r = invoke(Self | L4_SYSF_CALL, 0, pair(Half_zero, 0));
  CHECK_EQ(r.error(), L4_IPC_SETIMEOUT);
}

CASE("ipc.md 1.9", "closed receive from oneself sleeps for the timeout, then 0x03")
{
  l4_uint64_t const begin = now();
  CHECK_EQ(receive(Self, pair(0, half(4000))).error(), L4_IPC_RETIMEOUT);
  l4_uint64_t const slept = now() - begin;
  CHECK_GE(slept, 4000);
  CHECK_LE(slept, 100000);
}

CASE("ipc.md 1.9", "yield: 0x03 at once, and a ready thread of the same priority ran")
{
  Worker other([](Worker &me) { me.value[0] = 1; }, nullptr, Prio_main);
  other.start();
  CHECK_EQ(other.value[0], 0);
  CHECK_EQ(receive(Self, Zero).error(), L4_IPC_RETIMEOUT);
  CHECK_EQ(other.value[0], 1);
  l4_uint64_t const begin = now();
  for (unsigned i = 0; i < 10; ++i)
    CHECK_EQ(receive(Self, Zero).error(), L4_IPC_RETIMEOUT);
  CHECK_LE(now() - begin, 10000);
}

CASE("ipc.md 1.10", "a thread that was never started: 0x04")
{
  Raw_thread unbound;
  CHECK_EQ(send(unbound, 0, {1}).error(), L4_IPC_ENOT_EXISTENT);
  Worker bound(wait_once);
  CHECK_EQ(send(bound.cap(), 0, {1}).error(), L4_IPC_ENOT_EXISTENT);
}

CASE("ipc.md 1.10", "a gate whose thread was deleted: 0x04")
{
  Gate gate;
  {
    Worker receiver(wait_once);
    receiver.start();
    CHECK_LABEL(gate.bind(receiver.cap(), 0x100), 0);
  }
  CHECK_EQ(send(gate, 0, {1}).error(), L4_IPC_ENOT_EXISTENT);
}

CASE("ipc.md 1 send_and_wait", "sends, then accepts anybody")
{
  Worker receiver(
      [](Worker &me) {
        me.result = wait();
        invoke(env.thread | L4_SYSF_SEND, raw_tag(0, 0), Patience, 0x44);
      },
      nullptr, Prio_low);
  receiver.start();
  sleep_us(500);
  Result const r = invoke(receiver.cap() | L4_SYSF_SEND_AND_WAIT, compose(1, {}));
  CHECK_EQ(r.error(), 0);
  CHECK_EQ(r.from, 0x44);
}

CASE("ipc.md 1 scheduling", "a send to a thread of lower priority does not switch to it")
{
  Worker receiver(wait_once, nullptr, Prio_low);
  receiver.start();
  sleep_us(500);
  CHECK(!send(receiver.cap(), 0, {5}).failed());
  CHECK(!receiver.done());
  REQUIRE(receiver.finished());
  CHECK_EQ(receiver.value[0], 5);
}

CASE("ipc.md 1 scheduling", "a send to a thread of higher priority runs it at once")
{
  Worker receiver(wait_once);
  receiver.start();
  CHECK(!send(receiver.cap(), 0, {5}).failed());
  CHECK(receiver.done());
}

CASE("ipc.md 2 thread", "the label is the sender's own value, all 64 bits")
{
  Worker receiver(wait_once);
  receiver.start();
  CHECK(!invoke(receiver.cap() | L4_SYSF_SEND, 0, Zero, ~l4_umword_t(0)).failed());
  REQUIRE(receiver.finished());
  CHECK_EQ(receiver.result.from, ~l4_umword_t(0));
}

CASE("ipc.md 2 gate", "gate label, with W in bit 0 and S in bit 1 of the capability used")
{
  Gate gate(env.thread, 0x7770);
  Slot copies[4];
  unsigned const rights[4] = {L4_CAP_FPAGE_R, L4_CAP_FPAGE_RW, L4_CAP_FPAGE_RS, L4_CAP_FPAGE_RWS};
  for (unsigned i = 0; i < 4; ++i) {
    CHECK_LABEL(map_object(env.task, copies[i], gate, rights[i]), 0);
    l4_cap_idx_t const cap = copies[i];
    Worker sender(
        [](Worker &me) {
          me.result = invoke(me.data<l4_cap_idx_t const>() | L4_SYSF_SEND, 0, Patience, 0xbad);
        },
        const_cast<l4_cap_idx_t *>(&cap));
    sender.start();
    CHECK_EQ(wait().from, 0x7770 | i);
  }
}

CASE("ipc.md 2 label unchanged", "a failed receive leaves the label register alone")
{
  Result const r = invoke(Self | L4_SYSF_RECV, 0, Zero, 0x4711);
  CHECK_EQ(r.error(), L4_IPC_RETIMEOUT);
  CHECK_EQ(r.from, 0x4711);
}

CASE("kernel-entry.md 3", "flags of the tag reach the receiver, bit 15 does not")
{
  Worker receiver(wait_once);
  receiver.start();
  l4_umword_t const flags = L4_MSGTAG_SCHEDULE | L4_MSGTAG_PROPAGATE;
  CHECK(!invoke(receiver.cap() | L4_SYSF_SEND, raw_tag(1, 0, 0, flags), Zero).failed());
  REQUIRE(receiver.finished());
  CHECK_EQ(receiver.result.flags(), flags);
  CHECK_EQ(receiver.result.error(), 0);
}

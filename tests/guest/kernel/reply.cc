// SPDX-License-Identifier: MIT
// Reply capabilities, implicit and explicit (ipc.md section 7).
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/task.h>
#include <l4/sys/thread.h>

using namespace Tap;

namespace {

constexpr l4_umword_t Reply_send = L4_SYSF_REPLY | L4_SYSF_SEND;
constexpr l4_umword_t Implicit = L4_INVALID_REPLY_CAP;
constexpr l4_umword_t explicit_slot(l4_umword_t index)
{
  return index << L4_CAP_SHIFT | L4_REPLY_CAP_BIT;
}

/// Call the main thread with one word; data is not used.
void call_main(Worker &me)
{
  me.result = call(env.thread, 0, {0x55});
  me.value[0] = mr(0);
}

} // namespace

CASE("ipc.md 7 call", "a call to a thread in open wait leaves a reply capability")
{
  Worker caller(call_main);
  caller.start();
  CHECK_LABEL(wait(), 0);
  CHECK_EQ(mr(0), 0x55);
  CHECK(!reply(12, {0x66}).failed());
  REQUIRE(caller.finished());
  CHECK_EQ(caller.result.label(), 12);
  CHECK_EQ(caller.value[0], 0x66);
}

CASE("ipc.md 7 reply", "the slot is emptied: a second reply is 0x04 without a receive phase")
{
  Worker caller(call_main);
  caller.start();
  CHECK_LABEL(wait(), 0);
  CHECK(!reply(0, {}).failed());
  Result const second = reply(0, {});
  CHECK_EQ(second.error(), L4_IPC_ENOT_EXISTENT);
  CHECK_EQ(second.tag, L4_MSGTAG_ERROR);
  l4_uint64_t const begin = now();
  CHECK_EQ(invoke(Self | L4_SYSF_REPLY_AND_WAIT, 0).error(), L4_IPC_ENOT_EXISTENT);
  CHECK_LE(now() - begin, 500000);
}

CASE("ipc.md 7 reply", "both special selectors name the implicit slot")
{
  Worker caller(call_main);
  caller.start();
  CHECK_LABEL(wait(), 0);
  CHECK(!invoke(Implicit | Reply_send, raw_tag(21, 0), Zero).failed());
  REQUIRE(caller.finished());
  CHECK_EQ(caller.result.label(), 21);
}

CASE("ipc.md 7 closed wait", "a call to a thread in closed wait leaves no reply capability")
{
  Worker caller(call_main);
  caller.start();
  CHECK_LABEL(receive(caller.cap()), 0);
  CHECK_EQ(reply(0, {}).error(), L4_IPC_ENOT_EXISTENT);
  // The partner is answered by addressing it.
  CHECK(!send(caller.cap(), 31, {}, {}, Zero).failed());
  REQUIRE(caller.finished());
  CHECK_EQ(caller.result.label(), 31);
}

CASE("ipc.md 7 send", "a plain send leaves the slot as it is")
{
  Worker caller(call_main, nullptr, 140);
  Worker sender([](Worker &me) { me.result = send(env.thread, 0, {1}); }, nullptr, 130);
  caller.start();
  CHECK_LABEL(wait(), 0);
  sender.start();
  CHECK_LABEL(wait(), 0);
  CHECK(sender.finished());
  CHECK(!reply(41, {}).failed());
  REQUIRE(caller.finished());
  CHECK_EQ(caller.result.label(), 41);
}

CASE("ipc.md 7 new call", "a second call replaces the entry, the first caller stays blocked")
{
  Worker first(call_main, nullptr, 140);
  Worker second(call_main, nullptr, 130);
  first.start();
  CHECK_LABEL(wait(), 0);
  second.start();
  CHECK_LABEL(wait(), 0);
  CHECK(!reply(51, {}).failed());
  REQUIRE(second.finished());
  CHECK_EQ(second.result.label(), 51);
  CHECK_EQ(reply(52, {}).error(), L4_IPC_ENOT_EXISTENT);
  CHECK(!first.done());
}

CASE("ipc.md 7 timeout", "the entry goes when the caller's wait times out")
{
  Worker caller([](Worker &me) { me.result = call(env.thread, 0, {}, {}, pair(0, half(2000))); });
  caller.start();
  CHECK_LABEL(wait(), 0);
  REQUIRE(caller.finished());
  CHECK_EQ(caller.result.error(), L4_IPC_RETIMEOUT);
  CHECK_EQ(reply(0, {}).error(), L4_IPC_ENOT_EXISTENT);
}

CASE("ipc.md 7 cancel", "the entry goes when the caller is cancelled")
{
  Worker caller(call_main);
  caller.start();
  CHECK_LABEL(wait(), 0);
  CHECK_LABEL(ex_regs(caller.cap(), ~0UL, ~0UL, L4_THREAD_EX_REGS_CANCEL), 0);
  REQUIRE(caller.finished());
  CHECK_EQ(caller.result.error(), L4_IPC_RECANCELED);
  CHECK_EQ(reply(0, {}).error(), L4_IPC_ENOT_EXISTENT);
}

CASE("ipc.md 7 other path", "an answer by another path removes the entry")
{
  Worker caller(call_main);
  caller.start();
  CHECK_LABEL(wait(), 0);
  CHECK(!send(caller.cap(), 61, {}, {}, Zero).failed());
  REQUIRE(caller.finished());
  CHECK_EQ(caller.result.label(), 61);
  CHECK_EQ(reply(0, {}).error(), L4_IPC_ENOT_EXISTENT);
}

CASE("ipc.md 7 caller dies", "the entry goes with the caller")
{
  {
    Worker caller(call_main);
    caller.start();
    CHECK_LABEL(wait(), 0);
  }
  CHECK_EQ(reply(0, {}).error(), L4_IPC_ENOT_EXISTENT);
}

CASE("docs/kernel.md 1 server dies", "a caller that is owed an answer gets 0x07")
{
  Worker caller(call_main);
  caller.start();
  CHECK_LABEL(wait(), 0);
  {
    Worker server([](Worker &) { wait(); });
    server.start();
    Worker other([](Worker &me) { me.result = call(me.data<Worker>().cap(), 0, {}); }, &server);
    other.start();
    CHECK(!other.done());
    task_unmap(env.task, object_page(server.cap()), L4_FP_DELETE_OBJ);
    REQUIRE(other.finished());
    CHECK_EQ(other.result.error(), L4_IPC_RECANCELED);
  }
  CHECK(!caller.done()); // somebody else's caller
  CHECK(!reply(73, {}).failed());
  CHECK(caller.finished());
}

CASE("docs/kernel.md 1 server dies", "also when the answer was kept for later in an explicit slot")
{
  Child_task task;
  CHECK(!task.share_image().failed());
  Worker server(
      [](Worker &) { invoke((3UL << L4_CAP_SHIFT) | L4_REPLY_CAP_BIT | L4_SYSF_WAIT, 0); }, nullptr,
      Prio_high, &task);
  server.start();
  Worker caller([](Worker &me) { me.result = call(me.data<Worker>().cap(), 0, {}); }, &server);
  caller.start();
  CHECK(!caller.done());
  task.remove();
  CHECK(!caller.done()); // the server still runs
  task_unmap(env.task, object_page(server.cap()), L4_FP_DELETE_OBJ);
  REQUIRE(caller.finished());
  CHECK_EQ(caller.result.error(), L4_IPC_RECANCELED);
}

CASE("ipc.md 7 nested", "calls made by the callee do not disturb its slot")
{
  Worker caller(call_main);
  caller.start();
  CHECK_LABEL(wait(), 0);
  Worker helper([](Worker &me) {
    me.result = wait();
    reply(2, {});
  });
  helper.start();
  CHECK_LABEL(call(helper.cap(), 1, {}), 2);
  CHECK(!reply(71, {}).failed());
  REQUIRE(caller.finished());
  CHECK_EQ(caller.result.label(), 71);
}

CASE("ipc.md 7 reply_and_wait", "answers, then takes the next caller")
{
  Worker first(call_main, nullptr, 140);
  Worker second(call_main, nullptr, 130);
  first.start();
  second.start();
  CHECK_LABEL(wait(), 0);
  CHECK_LABEL(invoke(Self | L4_SYSF_REPLY_AND_WAIT, raw_tag(81, 0), pair(Half_zero, half(100000))),
              0);
  CHECK(!reply(82, {}).failed());
  REQUIRE(first.finished() && second.finished());
  CHECK_EQ(first.result.label(), 81);
  CHECK_EQ(second.result.label(), 82);
}

CASE("ipc.md 7 call-caller", "0xb: sends to the caller and takes its next message only")
{
  Worker caller([](Worker &me) {
    me.result = call(env.thread, 1, {});
    me.value[0] = l4_umword_t(me.result.label());
    me.result = send(env.thread, 3, {});
  });
  caller.start();
  CHECK_LABEL(wait(), 1);
  Result const r = invoke(Self | L4_SYSF_REPLY | L4_SYSF_CALL, raw_tag(91, 0));
  CHECK_LABEL(r, 3);
  CHECK_EQ(caller.value[0], 91);
}

CASE("ipc.md 7 explicit", "a caller stored in slot i is answered through slot i")
{
  l4_umword_t const slot = explicit_slot(7);
  Worker caller(call_main);
  caller.start();
  CHECK_LABEL(invoke(slot | L4_SYSF_WAIT, 0), 0);
  CHECK_EQ(reply(0, {}).error(), L4_IPC_ENOT_EXISTENT);
  CHECK(!invoke(slot | Reply_send, raw_tag(101, 0), Zero).failed());
  REQUIRE(caller.finished());
  CHECK_EQ(caller.result.label(), 101);
  CHECK_EQ(invoke(slot | Reply_send, raw_tag(0, 0), Zero).error(), L4_IPC_ENOT_EXISTENT);
}

CASE("ipc.md 7 explicit", "several callers wait in slots and are answered in any order")
{
  Worker first(call_main, nullptr, 140), second(call_main, nullptr, 130);
  first.start();
  CHECK_LABEL(invoke(explicit_slot(1) | L4_SYSF_WAIT, 0), 0);
  second.start();
  CHECK_LABEL(invoke(explicit_slot(600) | L4_SYSF_WAIT, 0), 0);
  CHECK(!invoke(explicit_slot(600) | Reply_send, raw_tag(112, 0), Zero).failed());
  REQUIRE(second.finished());
  CHECK_EQ(second.result.label(), 112);
  CHECK(!first.done());
  CHECK(!invoke(explicit_slot(1) | Reply_send, raw_tag(111, 0), Zero).failed());
  REQUIRE(first.finished());
  CHECK_EQ(first.result.label(), 111);
}

CASE("ipc.md 7 explicit", "reply_and_wait uses one slot for both phases")
{
  l4_umword_t const slot = explicit_slot(9);
  Worker first(call_main, nullptr, 140), second(call_main, nullptr, 130);
  first.start();
  second.start();
  CHECK_LABEL(invoke(slot | L4_SYSF_WAIT, 0), 0);
  CHECK_LABEL(invoke(slot | L4_SYSF_REPLY_AND_WAIT, raw_tag(121, 0), pair(Half_zero, 0)), 0);
  CHECK(!invoke(slot | Reply_send, raw_tag(122, 0), Zero).failed());
  REQUIRE(first.finished() && second.finished());
  CHECK_EQ(first.result.label(), 121);
  CHECK_EQ(second.result.label(), 122);
}

CASE("ipc.md 7 explicit", "a slot out of range: wait 0x13, reply and reply_and_wait 0x04")
{
  l4_umword_t const beyond = explicit_slot(262144);
  Result const r = invoke(beyond | L4_SYSF_WAIT, 0, Zero);
  CHECK_EQ(r.error(), L4_IPC_NO_REPLY_CAP);
  CHECK_EQ(r.tag, L4_MSGTAG_ERROR);
  CHECK_EQ(invoke(beyond | Reply_send, 0, Zero).error(), L4_IPC_ENOT_EXISTENT);
  CHECK_EQ(invoke(beyond | L4_SYSF_REPLY_AND_WAIT, 0, Zero).error(), L4_IPC_ENOT_EXISTENT);
}

CASE("ipc.md 7 explicit", "with operations other than reply and wait the selector names oneself")
{
  CHECK_EQ(invoke(explicit_slot(3) | L4_SYSF_RECV, 0, Zero).error(), L4_IPC_RETIMEOUT);
  CHECK_EQ(invoke(explicit_slot(3) | L4_SYSF_SEND, 0, Zero).error(), L4_IPC_SETIMEOUT);
}

CASE("ipc.md 7 explicit", "a sibling finds and uses up the slot, but cannot reach the caller")
{
  l4_umword_t const slot = explicit_slot(11);
  Worker caller(call_main);
  caller.start();
  CHECK_LABEL(invoke(slot | L4_SYSF_WAIT, 0), 0);
  Worker sibling([](Worker &me) { me.result = invoke(explicit_slot(11) | Reply_send, 0, Zero); });
  sibling.start();
  REQUIRE(sibling.finished());
  CHECK_EQ(sibling.result.error(), L4_IPC_SETIMEOUT);
  CHECK_EQ(invoke(slot | Reply_send, 0, Zero).error(), L4_IPC_ENOT_EXISTENT);
  CHECK(!caller.done());
}

CASE("ipc.md 7 rights", "a reply keeps the S right of items only if the caller's capability had S")
{
  Gate gate(env.thread, 0x1000);
  Slot weak, strong, received;
  CHECK_LABEL(map_object(env.task, weak, gate, L4_CAP_FPAGE_R), 0);
  CHECK_LABEL(map_object(env.task, strong, gate, L4_CAP_FPAGE_RS), 0);
  struct Data {
    l4_cap_idx_t gate, target;
  };
  for (bool with_s : {false, true}) {
    Data data{with_s ? l4_cap_idx_t(strong) : l4_cap_idx_t(weak), received};
    Worker caller(
        [](Worker &me) {
          Data &d = me.data<Data>();
          buffer_for(d.target);
          me.result = call(d.gate, 0, {});
          no_buffers();
        },
        &data);
    caller.start();
    CHECK_EQ(wait().from, 0x1000 | (with_s ? 2 : 0));
    Semaphore sem;
    CHECK(!reply(0, {}, {object(sem, L4_CAP_FPAGE_RWS)}).failed());
    REQUIRE(caller.finished());
    CHECK_EQ(caller.result.items(), 1);
    // Down needs S: with S the empty semaphore times out, without it is refused.
    Result const down = semaphore_down(received);
    CHECK_LABEL(down, with_s ? long(l4_ipc_to_errno(L4_IPC_RETIMEOUT)) : -L4_EPERM);
  }
}

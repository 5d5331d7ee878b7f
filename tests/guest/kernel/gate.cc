// SPDX-License-Identifier: MIT
// IPC gates: client side (ipc.md section 6) and server side (kernel-objects.md section 4).
#include <l4/libtap/objects.h>
#include <l4/libtap/probe.h>
#include <l4/libtap/tap.h>

#include <l4/sys/ipc_gate.h>
#include <l4/sys/kernel_object.h>
#include <l4/sys/rcv_endpoint.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>

using namespace Tap;

namespace {

/// A capability for the same gate without the server right.
struct Client : Copy {
  explicit Client(l4_cap_idx_t gate, unsigned rights = L4_CAP_FPAGE_RWS) : Copy(gate, rights) {}
};

void send_through(Worker &me) { me.result = send(me.data<Gate>(), 3, {17}); }

} // namespace

CASE("ipc.md 6 bound", "a call through a gate reaches the thread and comes back")
{
  Worker server([](Worker &me) {
    me.result = wait();
    reply(2, {mr(0) * 2});
  });
  server.start();
  Gate gate(server.cap(), 0xabc0);
  Client client(gate);
  CHECK_LABEL(call(client, 1, {21}), 2);
  CHECK_EQ(mr(0), 42);
  CHECK_EQ(server.result.from, 0xabc3);
}

CASE("ipc.md 6 unbound", "a sender blocks until the send timeout: 0x02")
{
  Gate gate;
  l4_uint64_t const begin = now();
  CHECK_EQ(send(gate, 0, {1}, {}, pair(half(3000), 0)).error(), L4_IPC_SETIMEOUT);
  CHECK_GE(now() - begin, 3000);
  CHECK_EQ(send(gate, 0, {1}, {}, Zero).error(), L4_IPC_SETIMEOUT);
}

CASE("ipc.md 6 unbound", "a blocked sender proceeds when the gate is bound")
{
  Gate gate;
  Worker sender(send_through, &gate);
  sender.start();
  CHECK(!sender.done());
  CHECK_LABEL(gate.bind(env.thread, 0x2220), 0);
  Result const r = wait();
  CHECK_LABEL(r, 3);
  CHECK_EQ(r.from, 0x2223);
  CHECK_EQ(mr(0), 17);
  REQUIRE(sender.finished());
  CHECK_EQ(sender.result.error(), 0);
}

CASE("ipc.md 6 unbound", "all blocked senders proceed")
{
  Gate gate;
  Worker one(send_through, &gate), two(send_through, &gate), three(send_through, &gate);
  one.start();
  two.start();
  three.start();
  CHECK_LABEL(gate.bind(env.thread, 0x2230), 0);
  for (unsigned i = 0; i < 3; ++i)
    CHECK_EQ(wait().from, 0x2233);
  CHECK(one.finished() && two.finished() && three.finished());
}

CASE("ipc.md 6 unbound", "deletion ends a blocked sender with 0x04")
{
  Gate gate;
  Worker sender(send_through, &gate);
  sender.start();
  gate.remove();
  REQUIRE(sender.finished());
  CHECK_EQ(sender.result.error(), L4_IPC_ENOT_EXISTENT);
}

CASE("ipc.md 6 unbound", "a cancel ends a blocked sender with 0x06")
{
  Gate gate;
  Worker sender(send_through, &gate);
  sender.start();
  CHECK_LABEL(ex_regs(sender.cap(), ~0UL, ~0UL, L4_THREAD_EX_REGS_CANCEL), 0);
  REQUIRE(sender.finished());
  CHECK_EQ(sender.result.error(), L4_IPC_SECANCELED);
}

CASE("ipc.md 6 unbound", "killing a blocked sender leaves nothing at the gate")
{
  Gate gate;
  {
    Worker sender(send_through, &gate);
    sender.start();
  }
  CHECK_LABEL(gate.bind(env.thread, 0x2240), 0);
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
}

CASE("ipc.md 6 receive", "receive from a bound gate is a closed wait for its thread")
{
  Worker server([](Worker &me) {
    wait();
    me.result = send(env.thread, 6, {}, {}, Patience);
  });
  server.start();
  Gate gate(server.cap(), 0);
  CHECK_EQ(receive(gate, Zero).error(), L4_IPC_RETIMEOUT);
  CHECK(!send(server.cap(), 0, {}).failed());
  CHECK_LABEL(receive(gate), 6);
}

CASE("ipc.md 6 receive", "receive from an unbound gate blocks like a send: 0x02")
{
  Gate gate;
  CHECK_EQ(receive(gate, pair(half(2000), 0)).error(), L4_IPC_SETIMEOUT);
}

CASE("ipc.md 6 KOBJECT", "label -10 without the server right is an ordinary message")
{
  Worker server([](Worker &me) {
    me.result = wait();
    reply(4, {});
  });
  server.start();
  Gate gate(server.cap(), 0x300);
  Client client(gate);
  CHECK_LABEL(call(client, L4_PROTO_KOBJECT, {L4_RCV_EP_BIND_OP, 0}, {}), 4);
  CHECK_EQ(server.result.label(), L4_PROTO_KOBJECT);
}

CASE("ipc.md 6 KOBJECT", "with the server right even a send-only message stays in the kernel")
{
  Gate gate(env.thread, 0x310);
  CHECK(!send(gate, L4_PROTO_KOBJECT, {L4_IPC_GATE_GET_INFO_OP}).failed());
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
}

CASE("kernel-objects.md 4 bind", "rebinding changes thread and label")
{
  Gate gate(env.thread, 0x400);
  Worker server([](Worker &me) { me.result = wait(); });
  server.start();
  CHECK_LABEL(gate.bind(server.cap(), 0x500), 0);
  CHECK(!send(gate, 0, {}).failed());
  REQUIRE(server.finished());
  CHECK_EQ(server.result.from, 0x503);
}

CASE("kernel-objects.md 4 bind", "label bits 1..0 set: -EINVAL; too few words: -EMSGTOOSHORT")
{
  Gate gate(env.thread, 0x400);
  CHECK_LABEL(gate.bind(env.thread, 0x401), -L4_EINVAL);
  CHECK_LABEL(gate.bind(env.thread, 0x402), -L4_EINVAL);
  CHECK_LABEL(call(gate, L4_PROTO_KOBJECT, {L4_RCV_EP_BIND_OP}, {object(env.thread)}),
              -L4_EMSGTOOSHORT);
}

CASE("kernel-objects.md 4 bind", "item missing or no thread: -EINVAL; memory item: 0x08")
{
  Gate gate;
  Semaphore sem;
  Slot empty;
  CHECK_LABEL(call(gate, L4_PROTO_KOBJECT, {L4_RCV_EP_BIND_OP, 0}), -L4_EINVAL);
  CHECK_LABEL(gate.bind(sem, 0), -L4_EINVAL);
  CHECK_LABEL(gate.bind(empty, 0), -L4_EINVAL);
  CHECK_EQ(call(gate, L4_PROTO_KOBJECT, {L4_RCV_EP_BIND_OP, 0},
                {memory(env.image, L4_PAGESHIFT, L4_FPAGE_RO)})
               .error(),
           L4_IPC_SEMSGCUT);
}

CASE("kernel-objects.md 4 bind", "S on gate and thread: -EPERM, and nothing changed")
{
  Gate gate(env.thread, 0x600);
  l4_umword_t const server = L4_FPAGE_C_IPCGATE_SVR;
  Copy no_s_gate(gate, L4_CAP_FPAGE_RW, server);
  CHECK_LABEL(call(no_s_gate, L4_PROTO_KOBJECT, {L4_RCV_EP_BIND_OP, 0x700}, {object(env.thread)}),
              -L4_EPERM);
  Copy no_s_thread(env.thread, L4_CAP_FPAGE_RW);
  CHECK_LABEL(gate.bind(no_s_thread, 0x700), -L4_EPERM);
  CHECK_LABEL(call(gate, L4_PROTO_KOBJECT, {L4_IPC_GATE_GET_INFO_OP}), 0);
  CHECK_EQ(mr(0), 0x600);
}

CASE("kernel-objects.md 4 get_info", "the label; 0 while never bound; S is not needed")
{
  Gate gate;
  Result r = call(gate, L4_PROTO_KOBJECT, {L4_IPC_GATE_GET_INFO_OP});
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 1);
  CHECK_EQ(mr(0), 0);
  CHECK_LABEL(gate.bind(env.thread, 0x123450), 0);
  Copy no_s(gate, L4_CAP_FPAGE_R, L4_FPAGE_C_IPCGATE_SVR);
  CHECK_LABEL(call(no_s, L4_PROTO_KOBJECT, {L4_IPC_GATE_GET_INFO_OP}), 0);
  CHECK_EQ(mr(0), 0x123450);
}

CASE("docs/kernel.md 8 unbind", "senders wait for the next binding")
{
  Gate gate(env.thread, 0x400);
  CHECK_EQ(l4_error(l4_ipc_gate_unbind(gate)), 0);
  CHECK_EQ(l4_ipc_gate_state(gate), L4_IPC_GATE_UNBOUND);
  CHECK_LABEL(call(gate, L4_PROTO_KOBJECT, {L4_IPC_GATE_GET_INFO_OP}), 0);
  CHECK_EQ(mr(0), 0);
  Worker sender(send_through, &gate);
  sender.start();
  CHECK(!sender.done());
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
  CHECK_LABEL(gate.bind(env.thread, 0x410), 0);
  CHECK_EQ(l4_ipc_gate_state(gate), L4_IPC_GATE_BOUND);
  CHECK_EQ(wait().from, 0x413);
  CHECK(sender.finished());
}

CASE("docs/kernel.md 8 unbind", "also when the bound thread is dead; unbound twice is no error")
{
  Gate gate;
  {
    Worker server([](Worker &) {});
    server.start();
    CHECK_LABEL(gate.bind(server.cap(), 0x400), 0);
  }
  CHECK_EQ(l4_ipc_gate_state(gate), L4_IPC_GATE_ORPHANED);
  CHECK_EQ(send(gate, 0, {1}, {}, Zero).error(), L4_IPC_ENOT_EXISTENT);
  CHECK_EQ(l4_error(l4_ipc_gate_unbind(gate)), 0);
  CHECK_EQ(l4_error(l4_ipc_gate_unbind(gate)), 0);
  CHECK_EQ(l4_ipc_gate_state(gate), L4_IPC_GATE_UNBOUND);
  CHECK_EQ(send(gate, 0, {1}, {}, Zero).error(), L4_IPC_SETIMEOUT);
}

CASE("docs/kernel.md 8 bind",
     "a dead thread's memory stays charged until all that is bound to it lets go")
{
  Gate deleted, rebound, unbound;
  Irq detached, irq_rebound;
  l4_umword_t const before = free_quota(factory());
  {
    Worker server([](Worker &) {});
    server.start();
    for (Gate *gate : {&deleted, &rebound, &unbound})
      CHECK_LABEL(gate->bind(server.cap(), 0x400), 0);
    for (Irq *irq : {&detached, &irq_rebound})
      CHECK_LABEL(irq->bind(server.cap(), 0x400), 0);
  }
  l4_umword_t const kept = before - free_quota(factory());
  CHECK_GE(kept, 512);
  for (Gate *gate : {&deleted, &rebound, &unbound})
    CHECK_EQ(send(*gate, 0, {1}, {}, Zero).error(), L4_IPC_ENOT_EXISTENT);
  deleted.remove();
  CHECK_LABEL(rebound.bind(env.thread, 0x400), 0);
  CHECK_EQ(l4_error(l4_ipc_gate_unbind(unbound)), 0);
  CHECK_LABEL(irq_rebound.bind(env.thread, 0), 0);
  l4_umword_t const gate_bytes = 64;
  CHECK_EQ(free_quota(factory()), before - kept + gate_bytes);
  CHECK_LABEL(call(detached, L4_PROTO_IRQ_SENDER, {1}), -L4_ENOENT);
  CHECK_EQ(free_quota(factory()), before + gate_bytes);
}

CASE("docs/kernel.md 8 bind", "bound again to the same thread, it outlives that by nothing")
{
  l4_umword_t const before = free_quota(factory());
  {
    Worker server([](Worker &) {});
    server.start();
    Gate gate(server.cap(), 0x400);
    for (unsigned i = 0; i < 3; ++i)
      CHECK_LABEL(gate.bind(server.cap(), 0x410), 0);
    server.finished();
  }
  CHECK_EQ(free_quota(factory()), before);
}

CASE("docs/kernel.md 8 bind", "triggers of an IRQ object whose thread died wait for the next one")
{
  Irq irq;
  {
    Worker server([](Worker &) {});
    server.start();
    CHECK_LABEL(irq.bind(server.cap(), 0x420), 0);
  }
  CHECK(!irq.trigger().failed());
  CHECK(!irq.trigger().failed());
  CHECK_LABEL(irq.bind(env.thread, 0x430), 0);
  CHECK_EQ(wait(Zero).from, 0x430);
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
}

CASE("docs/kernel.md 8 unbind", "S is needed, and the server right")
{
  Gate gate(env.thread, 0x400);
  Copy no_s(gate, L4_CAP_FPAGE_RW, L4_FPAGE_C_IPCGATE_SVR);
  CHECK_EQ(l4_error(l4_ipc_gate_unbind(no_s)), -L4_EPERM);
  Client client(gate);
  send(client, L4_PROTO_KOBJECT, {L4_IPC_GATE_UNBIND_OP}, {}, Zero); // an ordinary message
  CHECK_EQ(l4_ipc_gate_state(gate), L4_IPC_GATE_BOUND);
}

CASE("kernel-objects.md 4", "unknown operations are -ENOSYS")
{
  Gate gate(env.thread, 0);
  CHECK_LABEL(call(gate, L4_PROTO_KOBJECT, {0x7777}), -L4_ENOSYS);
}

CASE("kernel-objects.md 4 dec_refcnt", "counts the counted slots; other word counts: -EINVAL")
{
  Gate gate(env.thread, 0);
  Slot counted, weak;
  CHECK_LABEL(map_object(env.task, counted, gate), 0);
  CHECK_LABEL(map_object(env.task, weak, gate, L4_CAP_FPAGE_RWSD, L4_FPAGE_C_NO_REF_CNT), 0);
  Result const r = call(gate, L4_PROTO_KOBJECT, {L4_KOBJECT_OP_DEC_REFCNT, 0});
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 1);
  CHECK_EQ(mr(0), 2);
  CHECK_LABEL(call(gate, L4_PROTO_KOBJECT, {L4_KOBJECT_OP_DEC_REFCNT}), -L4_EINVAL);
}

CASE("kernel-objects.md 4 dec_refcnt",
     "after a decrement the next unmap of a counted slot destroys")
{
  Gate gate(env.thread, 0);
  Copy counted(gate, L4_CAP_FPAGE_RWS);
  CHECK_LABEL(call(gate, L4_PROTO_KOBJECT, {L4_KOBJECT_OP_DEC_REFCNT, 1}), 0);
  CHECK_EQ(mr(0), 1);
  CHECK(gate.valid());
  counted.remove(false);
  CHECK(!gate.valid());
}

CASE("kernel-objects.md 4 dec_refcnt",
     "the counter may go below 0; until the next unmap nothing dies")
{
  Gate gate(env.thread, 0x40);
  Copy counted(gate, L4_CAP_FPAGE_RWS), weak(gate, L4_CAP_FPAGE_RWS, L4_FPAGE_C_NO_REF_CNT);
  CHECK_LABEL(call(gate, L4_PROTO_KOBJECT, {L4_KOBJECT_OP_DEC_REFCNT, 5}), 0);
  CHECK_EQ(mr(0), -3L);
  weak.remove(false);
  CHECK(gate.valid() && counted.valid());
  counted.remove(false);
  CHECK(!gate.valid());
}

CASE("kernel-objects.md 3 modify_senders", "labels of queued messages are rewritten")
{
  Worker server([](Worker &me) { // the messages of others queue up until that of main has come
    me.result = receive(env.thread, Patience);
    me.result = wait(Zero);
  });
  server.start();
  Gate gate(server.cap(), 0x8880);
  Worker sender(send_through, &gate);
  sender.start();
  CHECK_LABEL(
      call(server.cap(), L4_PROTO_THREAD, {L4_THREAD_MODIFY_SENDER_OP, ~3UL, 0x8880, 0xff0, 0x5}),
      0);
  CHECK(!send(server.cap(), 0, {}).failed());
  REQUIRE(server.finished());
  CHECK_EQ(server.result.from, (0x8883 & ~0xff0) | 0x5);
}

// SPDX-License-Identifier: MIT
// Where an item goes, and with which rights: local ids, forwarding, diminution, grant, placement
// (ipc.md sections 3 and 4).
#include "item.h"

#include <l4/sys/task.h>

using namespace Tap;

CASE("ipc.md 3 rcv_id 1", "sender and receiver in one task: the flexpage word, no mapping")
{
  Semaphore sem;
  Slot target;
  Order order{0, {small(target, L4_RCV_ITEM_LOCAL_ID)}};
  Worker receiver(receive_items, &order);
  receiver.start();
  CHECK(!send(receiver.cap(), 0, {}, {object(sem, L4_CAP_FPAGE_RWS)}, Zero).failed());
  REQUIRE(receiver.finished());
  CHECK_EQ(kind(receiver.value[0]), Flexpage);
  CHECK_EQ(receiver.value[1], object_page(sem, L4_CAP_FPAGE_RWS));
  CHECK(!target.valid());
}

CASE("ipc.md 3 rcv_id 1", "the rights of the flexpage are masked: no S without S on the path")
{
  Semaphore sem;
  Slot target;
  Order order{0, {small(target, L4_RCV_ITEM_LOCAL_ID)}};
  Worker receiver(receive_items, &order);
  receiver.start();
  Copy path(receiver.cap(), L4_CAP_FPAGE_RW);
  CHECK(!send(path, 0, {}, {object(sem, L4_CAP_FPAGE_RWSD)}, Zero).failed());
  REQUIRE(receiver.finished());
  CHECK_EQ(kind(receiver.value[0]), Flexpage);
  CHECK_EQ(receiver.value[1], object_page(sem, L4_CAP_FPAGE_RWD));
}

CASE("ipc.md 3 rcv_id 2", "a gate bound to the receiver's task comes as its label with the rights")
{
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  Order order{0, {small(Target, L4_RCV_ITEM_LOCAL_ID)}};
  Worker receiver(receive_items, &order, Prio_high, &task);
  receiver.start();
  Gate gate(receiver.cap(), 0x4440);
  CHECK(!send(receiver.cap(), 0, {}, {object(gate, L4_CAP_FPAGE_RW)}, Zero).failed());
  REQUIRE(receiver.finished());
  CHECK_EQ(kind(receiver.value[0]), Local_id);
  CHECK_EQ(receiver.value[1], 0x4440 | 1);
  CHECK_EQ(cap_valid(task, Target), 0);
}

CASE("ipc.md 3 rcv_id 2", "the rights with the label are no more than the sender has")
{
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  unsigned const rights[] = {L4_CAP_FPAGE_R, L4_CAP_FPAGE_RW, L4_CAP_FPAGE_RS, L4_CAP_FPAGE_RWS};
  for (unsigned i = 0; i < 4; ++i) {
    Order order{0, {small(Target, L4_RCV_ITEM_LOCAL_ID)}};
    Worker receiver(receive_items, &order, Prio_high, &task);
    receiver.start();
    Gate gate(receiver.cap(), 0x4440);
    Copy mine(gate, rights[i]);
    CHECK(!send(receiver.cap(), 0, {}, {object(mine, L4_CAP_FPAGE_RWSD)}, Zero).failed());
    REQUIRE(receiver.finished());
    CHECK_EQ(kind(receiver.value[0]), Local_id);
    CHECK_EQ(receiver.value[1], 0x4440 | i);
  }
}

CASE("ipc.md 3 rcv_id 3", "anything else is mapped")
{
  Semaphore sem;
  Transfer t({0, {small(Target, L4_RCV_ITEM_LOCAL_ID)}});
  t.run({}, {object(sem)});
  CHECK_EQ(kind(t.worker.value[0]), Mapped);
  CHECK_EQ(cap_valid(t.task, Target), 1);
}

CASE("ipc.md 3 forward", "the mapping goes to the task named in the buffer")
{
  Child_task other;
  Semaphore sem;
  Order order{0, {Target | Full | L4_RCV_ITEM_FORWARD_MAPPINGS, object_page(Target, 0), other}};
  Worker receiver(receive_items, &order);
  receiver.start();
  CHECK(!send(receiver.cap(), 0, {}, {object(sem)}, Zero).failed());
  REQUIRE(receiver.finished());
  CHECK_EQ(receiver.result.error(), 0);
  CHECK_EQ(cap_valid(other, Target), 1);
}

CASE("ipc.md 3 forward", "needs W on the task: 0x08 and 0x09")
{
  Child_task other;
  Copy read_only(other, L4_CAP_FPAGE_RS);
  Semaphore sem;
  Order order{0, {small(Target, L4_RCV_ITEM_FORWARD_MAPPINGS), read_only}};
  Worker receiver(receive_items, &order);
  receiver.start();
  CHECK_EQ(send(receiver.cap(), 0, {}, {object(sem)}, Zero).error(), L4_IPC_SEMSGCUT);
  REQUIRE(receiver.finished());
  CHECK_EQ(receiver.result.error(), L4_IPC_REMSGCUT);
  CHECK_EQ(cap_valid(other, Target), 0);
}

CASE("ipc.md 3 S-right diminution",
     "S of an item survives only if the capability of the send has S")
{
  for (bool with_s : {true, false}) {
    Slot target;
    struct Data {
      l4_cap_idx_t target;
      long down;
    } data{target, 0};
    Worker receiver(
        [](Worker &me) {
          Data &d = me.data<Data>();
          buffer_for(d.target);
          me.result = wait();
          no_buffers();
          d.down = semaphore_down(d.target, pair(0, Half_zero)).checked_label();
        },
        &data);
    receiver.start();
    unsigned const rights = with_s ? L4_CAP_FPAGE_RS : L4_CAP_FPAGE_R;
    Copy via(receiver.cap(), rights);
    Semaphore sem;
    CHECK(!send(via, 0, {}, {object(sem, L4_CAP_FPAGE_RWS)}, Zero).failed());
    REQUIRE(receiver.finished());
    CHECK_EQ(data.down, with_s ? long(l4_ipc_to_errno(L4_IPC_RETIMEOUT)) : -L4_EPERM);
  }
}

CASE("ipc.md 4 grant", "a granted object leaves the sender's slot")
{
  Semaphore sem;
  Transfer t({0, {small(Target)}});
  t.run({}, {object(sem, L4_CAP_FPAGE_RWSD, L4_MAP_ITEM_GRANT)});
  CHECK_EQ(t.sent.error(), 0);
  CHECK(!sem.valid());
  CHECK_EQ(cap_valid(t.task, Target), 1);
}

CASE("ipc.md 4 placement", "send block larger than the window: the hot spot selects the part")
{
  auto *pages = reinterpret_cast<l4_umword_t *>(env.scratch);
  for (unsigned i = 0; i < 4; ++i)
    pages[i * (L4_PAGESIZE / 8)] = 0x100 + i;
  Worker receiver([](Worker &me) {
    set_buffers({Full, memory_page(Free_range, L4_PAGESHIFT, L4_FPAGE_RWX)});
    me.result = wait();
    me.value[0] = *reinterpret_cast<l4_umword_t volatile *>(Free_range);
    no_buffers();
  });
  receiver.start();
  Item const block = memory(env.scratch, L4_PAGESHIFT + 2, L4_FPAGE_RW, 2 * L4_PAGESIZE);
  CHECK(!send(receiver.cap(), 0, {}, {block}, Zero).failed());
  REQUIRE(receiver.finished());
  CHECK_EQ(receiver.value[0], 0x102);
  CHECK_LABEL(
      task_unmap(env.task, memory_page(Free_range, L4_PAGESHIFT, L4_FPAGE_RWX), L4_FP_ALL_SPACES),
      0);
}

CASE("ipc.md 4 placement", "window larger than the send block: the hot spot selects the place")
{
  auto *pages = reinterpret_cast<l4_umword_t *>(env.scratch);
  pages[0] = 0x200;
  Worker receiver([](Worker &me) {
    set_buffers({Full, memory_page(Free_range, L4_PAGESHIFT + 4, L4_FPAGE_RWX)});
    me.result = wait();
    me.value[0] = *reinterpret_cast<l4_umword_t volatile *>(Free_range + 5 * L4_PAGESIZE);
    no_buffers();
  });
  receiver.start();
  Item const page = memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW, 0x7005000);
  CHECK(!send(receiver.cap(), 0, {}, {page}, Zero).failed());
  REQUIRE(receiver.finished());
  CHECK_EQ(receiver.value[0], 0x200);
  CHECK_LABEL(task_unmap(env.task, memory_page(Free_range, L4_PAGESHIFT + 4, L4_FPAGE_RWX),
                         L4_FP_ALL_SPACES),
              0);
}

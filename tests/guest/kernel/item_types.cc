// SPDX-License-Identifier: MIT
// I/O ports in messages and by task operations, and items that fit no buffer or no page (ipc.md
// sections 3, 4).
#include "item.h"

#include <l4/sys/task.h>

using namespace Tap;

namespace {

constexpr l4_umword_t First_port = 0x80; ///< four ports that do nothing on a PC, or nothing bad

constexpr l4_umword_t ports(l4_umword_t first, unsigned order)
{
  return l4_iofpage(first, order).raw;
}

/// Get the four ports from sigma0.
void get_four_ports()
{
  CHECK_EQ(get_ports(First_port, 2).items(), 1);
}

/// Whether the task has the port: a thread of it uses it, and gets no handler if it may not.
bool has(Child_task &task, l4_umword_t port)
{
  Worker user(
      [](Worker &me) {
        asm volatile("outb %%al, %%dx" : : "a"(0), "d"(me.data<l4_umword_t>()));
        me.value[0] = 1;
      },
      &port, Prio_high, &task);
  user.start();
  return user.value[0];
}

} // namespace

CASE("ipc.md 4 placement", "ports are mapped one to one: the intersection, whatever the hot spot")
{
  get_four_ports();
  Transfer t({0, {Full, ports(First_port + 2, 1)}});
  Item const item{0x5000 | L4_ITEM_MAP, ports(First_port, 2)};
  t.run({}, {item});
  CHECK_EQ(t.sent.error(), 0);
  CHECK_EQ(kind(t.worker.value[0]), 0);
  for (l4_umword_t i = 0; i < 4; ++i)
    CHECK_EQ(has(t.task, First_port + i), i >= 2);
}

CASE("kernel-objects.md 2 unmap",
     "ports: gone at once, also for a thread that used them; flags are 0")
{
  get_four_ports();
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  CHECK_LABEL(task_map(task, env.task, Item{L4_ITEM_MAP, ports(First_port, 2)}), 0);
  Worker user(
      [](Worker &me) {
        for (;;) {
          asm volatile("outb %%al, $0x80" : : "a"(0));
          me.value[0] = me.value[0] + 1;
          invoke(Self | L4_SYSF_WAIT, 0, Never);
        }
      },
      nullptr, Prio_high, &task);
  user.start();
  CHECK_EQ(user.value[0], 1);
  CHECK_LABEL(task_unmap(env.task, ports(First_port, 2), L4_FP_OTHER_SPACES), 0);
  CHECK_EQ(mr(2) & 0xf, 0);
  CHECK(!send(user.cap(), 0, {}, {}, Zero).failed());
  CHECK_EQ(user.value[0], 1); // the instruction traps now
  CHECK(!has(task, First_port + 1));
}

CASE("kernel-objects.md 2 unmap", "all spaces in one flexpage: memory, ports and capabilities")
{
  get_four_ports();
  Child_task task;
  Semaphore sem;
  constexpr l4_cap_idx_t Slot_there = 0x300 << L4_CAP_SHIFT;
  CHECK_LABEL(task.share_image(), 0);
  CHECK_LABEL(task_map(task, env.task, Item{L4_ITEM_MAP, ports(First_port, 2)}), 0);
  CHECK_LABEL(map_object(task, Slot_there, sem), 0);
  CHECK(has(task, First_port));
  CHECK_LABEL(task_unmap(task, l4_fpage_all().raw | 7, L4_FP_ALL_SPACES), 0);
  CHECK_EQ(cap_valid(task, Slot_there), 0);
  CHECK_LABEL(task.share_image(), 0); // else nothing runs there
  CHECK(!has(task, First_port));
  CHECK(sem.valid());
}

CASE("ipc.md 3 return item",
     "an item that does not fit its window's type is skipped: type 0, no error")
{
  Semaphore sem;
  Transfer t({0, {Full, memory_page(Free_range, L4_PAGESHIFT, L4_FPAGE_RWX)}});
  t.run({}, {object(sem)});
  CHECK_EQ(t.sent.error(), 0);
  CHECK_EQ(t.got().error(), 0);
  CHECK_EQ(kind(t.worker.value[0]), 0);
}

CASE("ipc.md 3 return item", "memory smaller than a page is skipped: type 0, no error")
{
  Transfer t({0, {Full, l4_fpage_all().raw}});
  Item const item = memory(env.scratch, 11, L4_FPAGE_RW, Free_range);
  t.run({}, {item});
  CHECK_EQ(t.sent.error(), 0);
  CHECK_EQ(t.got().error(), 0);
  CHECK_EQ(kind(t.worker.value[0]), 0);
}

CASE("ipc.md 3 forward", "a window of a task that is gone: 0x08 and 0x09")
{
  Slot gone;
  Order order{0, {small(Target, L4_RCV_ITEM_FORWARD_MAPPINGS), gone}};
  Worker receiver(receive_items, &order);
  receiver.start();
  Semaphore sem;
  CHECK_EQ(send(receiver.cap(), 0, {}, {object(sem)}, Zero).error(), L4_IPC_SEMSGCUT);
  REQUIRE(receiver.finished());
  CHECK_EQ(receiver.result.error(), L4_IPC_REMSGCUT);
}

// SPDX-License-Identifier: MIT
// Addresses that are none: nothing of them may wrap around to an address that is one
// (kernel-objects.md sections 2 and 2a, ipc.md section 4).
#include "item.h"

#include <l4/sys/task.h>
#include <l4/sys/thread.h>

using namespace Tap;

namespace {

constexpr l4_addr_t Mapped_here = Free_range + (7ul << 30), Empty_here = Mapped_here + L4_PAGESIZE;
constexpr l4_addr_t Mapped_word = 0x6a9;

/// A page of memory whose neighbour is empty, so that the tables for both are there.
struct Neighbours {
  Neighbours()
  {
    *reinterpret_cast<l4_umword_t *>(env.scratch) = Mapped_word;
    CHECK_LABEL(
        task_map(env.task, env.task, memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW, Mapped_here)),
        0);
  }
  ~Neighbours() { clear(); }
  static void clear()
  {
    task_unmap(env.task, memory_page(Mapped_here, L4_PAGESHIFT + 1, L4_FPAGE_RWX),
               L4_FP_ALL_SPACES);
  }
  /// Whether something can be read at an address of this task.
  static bool is_there(l4_addr_t page)
  {
    Worker reader(
        [](Worker &me) {
          me.value[1] = *reinterpret_cast<l4_umword_t volatile *>(me.data<l4_addr_t const>());
          me.value[0] = 1;
        },
        &page);
    CHECK_LABEL(
        call(reader.cap(), L4_PROTO_THREAD, {L4_THREAD_CONTROL_SET_PAGER, env.thread, 0, 0, 0, 0}),
        0);
    reader.start();
    wait(Zero); // its fault, if there was one
    return reader.value[0];
  }
};

/// Words that name the same table entries as `address`, but are no addresses of user space.
constexpr l4_addr_t aliases_of(l4_addr_t address, unsigned i)
{
  constexpr l4_addr_t Above[] = {1ul << 48, 1ul << 52, 1ul << 63, 0xffff000000000000};
  return address | Above[i];
}
constexpr unsigned Aliases = 4;

} // namespace

CASE("kernel-objects.md 2 map",
     "a destination beyond user space: nothing, also not where it wraps to")
{
  Neighbours n;
  for (unsigned i = 0; i < Aliases; ++i) {
    l4_addr_t const to = aliases_of(Empty_here, i);
    for (unsigned order : {L4_PAGESHIFT, L4_PAGESHIFT + 1})
      CHECK_LABEL(task_map(env.task, env.task, memory(env.scratch, order, L4_FPAGE_RW, to)), 0);
    CHECK(!n.is_there(Empty_here));
  }
}

CASE("kernel-objects.md 2 map", "a source beyond user space: nothing, also not where it wraps to")
{
  Neighbours n;
  for (unsigned i = 0; i < Aliases; ++i) {
    l4_addr_t const from = aliases_of(Mapped_here, i);
    CHECK_LABEL(task_map(env.task, env.task, memory(from, L4_PAGESHIFT, L4_FPAGE_RW, Empty_here)),
                0);
    CHECK(!n.is_there(Empty_here));
  }
}

CASE("kernel-objects.md 2 unmap", "beyond user space: nothing, flags 0; what it wraps to stays")
{
  Neighbours n;
  CHECK(n.is_there(Mapped_here));
  for (unsigned i = 0; i < Aliases; ++i) {
    l4_umword_t const page = memory_page(aliases_of(Mapped_here, i), L4_PAGESHIFT, L4_FPAGE_RWX);
    CHECK_LABEL(task_unmap(env.task, page, L4_FP_ALL_SPACES), 0);
    CHECK_EQ(mr(2) & 0xf, 0);
    CHECK(n.is_there(Mapped_here));
  }
}

CASE("ipc.md 4 placement", "a hot spot beyond user space: nothing is mapped, in messages too")
{
  Neighbours n;
  for (unsigned i = 0; i < Aliases; ++i) {
    Order order{0, {Full, l4_fpage_all().raw}};
    Worker receiver(receive_items, &order);
    receiver.start();
    Item const page = memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW, aliases_of(Empty_here, i));
    CHECK(!send(receiver.cap(), 0, {}, {page}, Zero).failed());
    REQUIRE(receiver.finished());
    CHECK(!n.is_there(Empty_here));
  }
}

CASE("kernel-entry.md 2 object space", "no index wraps around to a slot: map, unmap, call, create")
{
  Semaphore sem;
  Slot empty;
  for (l4_umword_t above : {1ul << 16, 1ul << 20, 1ul << 32, 1ul << 51}) {
    l4_cap_idx_t const no_sem = sem + (above << L4_CAP_SHIFT),
                       no_slot = empty + (above << L4_CAP_SHIFT);
    CHECK_EQ(semaphore_down(no_sem).error(), L4_IPC_ENOT_EXISTENT);
    CHECK_EQ(cap_valid(env.task, no_sem), 0);
    CHECK_EQ(cap_equal(env.task, no_sem, sem), 0);
    CHECK_LABEL(map_object(env.task, empty, no_sem), 0);
    CHECK_LABEL(map_object(env.task, no_slot, sem), 0);
    CHECK_LABEL(task_unmap(env.task, object_page(no_sem), L4_FP_DELETE_OBJ), 0);
    CHECK_LABEL(create(no_slot, L4_PROTO_SEMAPHORE), -L4_ENOMEM);
    CHECK(sem.valid());
    CHECK(!empty.valid());
  }
}

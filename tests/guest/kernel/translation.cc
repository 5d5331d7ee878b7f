// SPDX-License-Identifier: MIT
// What a CPU remembers of address spaces that it does not use at the moment. A stale translation
// shows as the content of the page that was there before: what is not mapped is not remembered.
#include "smp.h"

#include <l4/sys/task.h>

using namespace Tap;

namespace {

constexpr l4_addr_t Place = Free_range;

l4_umword_t volatile &word(l4_addr_t address)
{
  return *reinterpret_cast<l4_umword_t volatile *>(address);
}

/// Map the page of this number, whose first word it is, to the place in the task.
void put(Child_task &task, unsigned number)
{
  l4_addr_t const page = env.scratch + number * L4_PAGESIZE;
  word(page) = number;
  CHECK_LABEL(task_map(task, env.task, memory(page, L4_PAGESHIFT, L4_FPAGE_RWX, Place)), 0);
}

/// Reads the place, and again after a message.
void read_twice(Worker &me)
{
  me.value[0] = word(Place);
  me.value[1] = 1;
  invoke(Self | L4_SYSF_WAIT, 0, Never);
  me.value[2] = word(Place);
}

/// The task of a reader on this CPU loses a page, and gets another one, while the CPU has other
/// things to do.
void exchange_page(unsigned cpu)
{
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  put(task, 3);
  Worker reader(read_twice, nullptr, Prio_high, &task);
  CHECK_LABEL(run_on(reader.cap(), cpu, Prio_high), 0);
  reader.start();
  CHECK(reached(reader.value[1], 1));
  CHECK_EQ(reader.value[0], 3);
  {
    Placed other(cpu, [](Worker &me) { me.value[0] = 1; });
    CHECK(reached(other.value[0], 1));
  }
  CHECK_LABEL(task_unmap(task, memory_page(Place, L4_PAGESHIFT, L4_FPAGE_RWX), L4_FP_ALL_SPACES),
              0);
  put(task, 5);
  CHECK(!send(reader.cap(), 0, {}).failed());
  CHECK(reader.finished(Long_wait));
  CHECK_EQ(reader.value[2], 5);
}

} // namespace

CASE("kernel-objects.md 2 unmap",
     "a page of a task that does not run: it is gone when it runs again")
{
  for (unsigned i = 0; i < 3; ++i)
    exchange_page(0);
}

CASE("kernel-objects.md 2 unmap", "the same on another CPU")
{
  for (unsigned i = 0; i < 3; ++i)
    exchange_page(1);
}

CASE("kernel-objects.md 2", "a new task does not find the pages of earlier ones")
{
  for (unsigned i = 1; i <= 8; ++i) {
    Child_task task;
    CHECK_LABEL(task.share_image(), 0);
    put(task, i);
    Worker reader(read_twice, nullptr, Prio_high, &task);
    reader.start();
    CHECK(reached(reader.value[1], 1));
    CHECK_EQ(reader.value[0], i);
  }
}

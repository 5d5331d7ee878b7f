// SPDX-License-Identifier: MIT
// Threads and tasks that die while they run on other CPUs (kernel-objects.md sections 1, 2, 3).
#include "smp.h"

#include <l4/sys/task.h>

using namespace Tap;

namespace {

/// Makes objects in its own task, one after the other into a few slots: value[0] counts them.
void create_objects(Worker &me)
{
  constexpr l4_umword_t First = 0x400, Slots = 300; // three tables of slots
  l4_umword_t const area = memory_page(0x7ffb00000000, 17, L4_FPAGE_RW);
  for (l4_umword_t i = 0;; ++i) {
    l4_cap_idx_t const slot = (First + i % Slots) << L4_CAP_SHIFT;
    // one in eight takes several steps: a task with 32 pages to clear
    Result const r = i % 8 ? create(slot, L4_PROTO_SEMAPHORE)
                           : create(slot, L4_PROTO_TASK, {L4_VARG_TYPE_FPAGE | 8 << 16, area});
    if (r.ok()) count(me.value[0]);
  }
}

} // namespace

CASE("kernel-objects.md 2", "a task is deleted while its threads run on other CPUs")
{
  for (unsigned i = 0; i < 4; ++i) {
    Child_task task;
    CHECK_LABEL(task.share_image(), 0);
    Worker a(count_up, nullptr, Prio_main, &task), b(count_up, nullptr, Prio_main, &task);
    CHECK_LABEL(run_on(a.cap(), 1), 0);
    CHECK_LABEL(run_on(b.cap(), 2), 0);
    a.start();
    b.start();
    CHECK(reached(a.value[0], 1000));
    CHECK(reached(b.value[0], 1000));
  }
}

CASE("kernel-objects.md 3", "a deleted thread does not run any more, wherever it was")
{
  for (unsigned cpu = 1; cpu < 4; ++cpu) {
    Placed w(cpu, count_up);
    CHECK(reached(w.value[0], 1000));
    task_unmap(env.task, object_page(w.cap()), L4_FP_DELETE_OBJ);
    l4_umword_t const at_death = load(w.value[0]);
    sleep_us(1000);
    CHECK_EQ(load(w.value[0]), at_death);
  }
}

CASE("kernel-objects.md 1 errors",
     "a task dies while its threads create objects in it: nothing of them is left")
{
  for (unsigned i = 0; i < 6; ++i) {
    Child_task task;
    CHECK_LABEL(task.share_image(), 0);
    CHECK_LABEL(map_object(task, factory(), factory()), 0);
    Worker a(create_objects, nullptr, Prio_main, &task),
        b(create_objects, nullptr, Prio_main, &task);
    CHECK_LABEL(run_on(a.cap(), 1), 0);
    CHECK_LABEL(run_on(b.cap(), 2), 0);
    a.start();
    b.start();
    CHECK(reached(a.value[0], 20 + 7 * i));
    task.remove(); // the leak check at the end counts
    sleep_us(1000);
  }
}

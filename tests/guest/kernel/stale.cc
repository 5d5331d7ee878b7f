// SPDX-License-Identifier: MIT
// No CPU uses a translation of the past, wherever a thread has been (style.md regression classes,
// map/unmap and TLB at CPU start). Virtual time, 1 to 8 CPUs.
#include "smp.h"

#include <l4/sys/task.h>

using namespace Tap;

namespace {

constexpr l4_addr_t Where = Free_range + (6ul << 30);
constexpr unsigned Pages = 16;

/// Answers each call with the word at Where, on whatever CPU it is.
void read_on_demand(Worker &)
{
  invoke(Self | L4_SYSF_WAIT, 0, Never);
  for (;;) {
    mr(0) = *reinterpret_cast<l4_umword_t volatile *>(Where);
    invoke(Self | L4_SYSF_REPLY_AND_WAIT, raw_tag(0, 1), pair(Half_zero, 0));
  }
}

/// A task with a reader that travels.
struct Traveller {
  Child_task task;
  Worker reader;
  Traveller() : reader(read_on_demand, nullptr, Prio_high, share())
  {
    for (unsigned i = 0; i < Pages; ++i)
      page(i) = 0x100 + i;
    reader.start();
  }
  Child_task *share()
  {
    CHECK_LABEL(task.share_image(), 0);
    return &task;
  }
  static l4_umword_t volatile &page(unsigned i)
  {
    return *reinterpret_cast<l4_umword_t volatile *>(env.scratch + i % Pages * L4_PAGESIZE);
  }
  void map(unsigned i)
  {
    CHECK_LABEL(
        task_map(task, env.task,
                 memory(env.scratch + i % Pages * L4_PAGESIZE, L4_PAGESHIFT, L4_FPAGE_RW, Where)),
        0);
  }
  l4_umword_t read_on(unsigned cpu)
  {
    CHECK_LABEL(run_on(reader.cap(), cpu, Prio_high), 0);
    return call(reader.cap(), 1, {}).failed() ? 0 : mr(0);
  }
};

} // namespace

CASE("style.md regression map/unmap",
     "a page that is replaced: the new one is seen on every CPU, also on those left long ago")
{
  unsigned const cpus = cpu_count();
  Traveller t;
  for (unsigned i = 0; i < 4 * cpus && !Tap::failed(); ++i) {
    t.map(i);
    for (unsigned cpu = 0; cpu < cpus; ++cpu)
      CHECK_EQ(t.read_on(cpu), 0x100 + i % Pages);
  }
}

CASE("style.md regression map/unmap",
     "replaced while the task runs nowhere, and read first where it was last")
{
  unsigned const cpus = cpu_count();
  Traveller t;
  t.map(0);
  for (unsigned i = 1; i < 3 * cpus && !Tap::failed(); ++i) {
    unsigned const cpu = (i * 3) % cpus;
    CHECK_EQ(t.read_on(cpu), 0x100 + (i - 1) % Pages);
    t.map(i);
    CHECK_EQ(t.read_on(cpu), 0x100 + i % Pages);
  }
}

CASE("style.md regression map/unmap",
     "a new task gets the tables of one that died: it sees nothing of it")
{
  unsigned const cpus = cpu_count();
  for (unsigned i = 0; i < 2 * cpus && !Tap::failed(); ++i) {
    Traveller t;
    t.map(i);
    CHECK_EQ(t.read_on(i), 0x100 + i % Pages);
  }
}

CASE("style.md regression map/unmap", "rights that were withdrawn are gone on every CPU")
{
  unsigned const cpus = cpu_count();
  for (unsigned cpu = 0; cpu < cpus && !Tap::failed(); ++cpu) {
    Child_task task;
    CHECK_LABEL(task.share_image(), 0);
    CHECK_LABEL(task_map(task, env.task, memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW, Where)), 0);
    Worker writer(
        [](Worker &me) {
          for (;;) { // its pager is an empty slot: a fault is its end
            *reinterpret_cast<l4_umword_t volatile *>(Where) = me.value[0] + 1;
            me.value[0] = me.value[0] + 1;
            invoke(Self | L4_SYSF_WAIT, 0, Never);
          }
        },
        nullptr, Prio_high, &task);
    CHECK_LABEL(run_on(writer.cap(), cpu, Prio_high), 0);
    writer.start();
    CHECK(reached(writer.value[0], 1));
    CHECK_LABEL(task_unmap(env.task, memory_page(env.scratch, L4_PAGESHIFT, L4_FPAGE_W),
                           L4_FP_OTHER_SPACES),
                0);
    CHECK(!send(writer.cap(), 0, {}).failed());
    sleep_us(500);
    CHECK_EQ(writer.value[0], 1);
  }
}

CASE("style.md regression map/unmap",
     "rights that were added are there on every CPU, without a fault")
{
  unsigned const cpus = cpu_count();
  for (unsigned cpu = 0; cpu < cpus && !Tap::failed(); ++cpu) {
    Child_task task;
    CHECK_LABEL(task.share_image(), 0);
    CHECK_LABEL(task_map(task, env.task, memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RO, Where)), 0);
    Worker writer(
        [](Worker &me) {
          auto &word = *reinterpret_cast<l4_umword_t volatile *>(Where);
          me.value[0] = 1 + (word & 0); // now the CPU knows the page as one for reading
          invoke(Self | L4_SYSF_WAIT, 0, Never);
          word = 0x3377; // its pager is an empty slot: a fault is its end
          me.value[0] = 2;
        },
        nullptr, Prio_high, &task);
    CHECK_LABEL(run_on(writer.cap(), cpu, Prio_high), 0);
    writer.start();
    CHECK(reached(writer.value[0], 1));
    CHECK_LABEL(task_map(task, env.task, memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW, Where)), 0);
    CHECK(!send(writer.cap(), 0, {}).failed());
    sleep_us(500);
    CHECK_EQ(writer.value[0], 2);
    CHECK_EQ(*reinterpret_cast<l4_umword_t volatile *>(env.scratch), 0x3377);
  }
}

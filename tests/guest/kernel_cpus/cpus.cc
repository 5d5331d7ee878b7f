// SPDX-License-Identifier: MIT
// What happens on CPUs that have no part in it. Each case opens a window; watch.py judges the
// interrupts in it.
#include "../bench/markers.h"
#include "../kernel/smp.h"
#include "windows.h"

#include <l4/sys/irq.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>

#include <new>

using namespace Tap;

namespace {

constexpr l4_umword_t Second = 1000000, Tenth = Second / 10; ///< microseconds
constexpr unsigned Rounds = 50; ///< of what a case does, each in a window of its own

/// Counts. The emulator gives the turn to another CPU at each pause.
void loop(Worker &me)
{
  for (l4_umword_t turns = 0;;) {
    for (unsigned i = 0; i < 1000; ++i)
      asm volatile("");
    asm volatile("pause");
    me.value[0] = ++turns;
  }
}

/// A thread that loops, of priority below the main thread.
struct Looper : Worker {
  explicit Looper(unsigned cpu, Child_task *task = nullptr) : Worker(loop, nullptr, Prio_low, task)
  {
    CHECK_LABEL(run_on(cap(), cpu, Prio_low), 0);
    start();
    CHECK(reached(value[0], 1));
  }
};

/// A looping thread on every CPU but the first; at most seven.
struct Loopers {
  static constexpr unsigned Most = 7;
  alignas(Looper) unsigned char memory[Most][sizeof(Looper)];
  unsigned const count = cpu_count() - 1 < Most ? cpu_count() - 1 : Most;

  Loopers()
  {
    for (unsigned i = 0; i < count; ++i)
      new (memory[i]) Looper(i + 1);
  }
  ~Loopers()
  {
    for (unsigned i = 0; i < count; ++i)
      reinterpret_cast<Looper *>(memory[i])->~Looper();
  }
};

/// Deletes gates bound to a thread; the deletion IRQ says when each is really gone. Returns the
/// longest wait in microseconds of virtual time, from the delete to the message.
template <unsigned WINDOW> l4_umword_t delete_gates()
{
  Irq gone;
  Worker owner([](Worker &) { receive(Self, Never); });
  owner.start();
  CHECK_LABEL(gone.bind(env.thread, 0x77), 0);
  CHECK_LABEL(
      call(owner.cap(), L4_PROTO_THREAD, {L4_THREAD_REGISTER_DELETE_IRQ_OP}, {object(gone)}), 0);
  l4_umword_t longest = 0;
  for (unsigned i = 0; i < Rounds; ++i) {
    Gate gate(owner.cap(), 0x10);
    sleep_us(50); // who was stopped for that goes on, or falls asleep
    bench_begin<WINDOW>();
    l4_uint64_t const begin = now();
    gate.remove();
    if (receive(gone).failed()) longest = ~l4_umword_t(0);
    bench_end<WINDOW>();
    l4_umword_t const passed = now() - begin;
    if (passed > longest) longest = passed;
  }
  return longest;
}

constexpr l4_addr_t Window_of_pages = Free_range;

/// A page that nobody ever accessed, sigma0 included: a mapping starts with its source's access
/// flags.
l4_addr_t untouched_page()
{
  constexpr l4_umword_t Sigma0_ram = 0xffffffffffffff60;
  constexpr l4_addr_t Frame = 0x8000000; // in the middle of RAM, in a large page with nothing in it
  constexpr l4_addr_t Untouched = Free_range + (1ul << 30);
  static bool mapped = false;
  if (mapped) return Untouched;
  set_buffers({L4_ITEM_MAP, memory_page(Untouched, L4_PAGESHIFT, L4_FPAGE_RWX)});
  l4_umword_t const page = memory_page(Frame, L4_PAGESHIFT, L4_FPAGE_RWX);
  CHECK_LABEL(call(env.pager, L4_PROTO_SIGMA0, {Sigma0_ram, page}), 0);
  no_buffers();
  mapped = true;
  return Untouched;
}

/// Map a page into the task, and let it be used there by `use`; then unmap it, in the window.
template <unsigned WINDOW>
void unmap_pages(l4_cap_idx_t task, void (*use)(), l4_addr_t from = env.scratch)
{
  for (unsigned i = 0; i < Rounds; ++i) {
    Item const page = memory(from, L4_PAGESHIFT, L4_FPAGE_RW, Window_of_pages);
    CHECK_LABEL(task_map(task, env.task, page), 0);
    use();
    sleep_us(50);
    bench_begin<WINDOW>();
    task_unmap(task, memory_page(Window_of_pages, L4_PAGESHIFT, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
    bench_end<WINDOW>();
    CHECK_EQ(mr(2) & 1, from == env.scratch); // referenced
  }
}

void touch()
{
  *reinterpret_cast<l4_umword_t volatile *>(Window_of_pages) = 1;
}
void nothing()
{
}

/// Touches the page for each call it gets.
void touch_on_demand(Worker &)
{
  invoke(Self | L4_SYSF_WAIT, 0, Never);
  for (;;) {
    touch();
    invoke(Self | L4_SYSF_REPLY_AND_WAIT, raw_tag(0, 0), pair(Half_zero, 0));
  }
}

l4_cap_idx_t toucher;

} // namespace

CASE("issue 3.4 idle", "a second without anything due: every CPU sleeps")
{
  bench_begin<All_idle>();
  sleep_us(Second);
  bench_end<All_idle>();
  CHECK(true);
}

CASE("issue 3.4 one-shot timers", "a thread that has its CPU to itself is not interrupted")
{
  if (cpu_count() < 2) SKIP("needs two CPUs");
  Looper looper(1);
  l4_umword_t const before = looper.value[0];
  bench_begin<One_loops>();
  sleep_us(Tenth);
  bench_end<One_loops>();
  CHECK_GE(looper.value[0], before + 100);
}

CASE("issue 3.4 one-shot timers", "two threads that share a CPU: one interrupt for each quantum")
{
  if (cpu_count() < 2) SKIP("needs two CPUs");
  Looper one(1), other(1);
  bench_begin<Two_share>();
  sleep_us(Tenth);
  bench_end<Two_share>();
  note("turns of the first", one.value[0]);
  note("turns of the other", other.value[0]);
  CHECK_GE(other.value[0], one.value[0] / 2);
  CHECK_GE(one.value[0], other.value[0] / 2);
}

CASE("issue 3.3 deletion", "its effects wait for no tick, while the other CPUs sleep")
{
  CHECK_LE(delete_gates<Delete_idle>(), 200);
}

CASE("issue 3.3 deletion", "nor while user code loops on all of them")
{
  Loopers loopers;
  l4_umword_t const longest = delete_gates<Delete_busy>();
  note("microseconds of virtual time",
       longest); // emulated CPUs take turns: no figure of the kernel's
  CHECK_NE(longest, ~l4_umword_t(0));
}

CASE("issue 3.4 TLB", "pages that only this CPU used: no other is asked")
{
  {
    Loopers others; // they know this task's tables, and have left them
  }
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  Worker here(touch_on_demand, nullptr, Prio_high, &task);
  here.start();
  toucher = here.cap();
  unmap_pages<Unmap_unused>(task, [] { CHECK(!call(toucher, 1, {}).failed()); });
}

CASE("issue 3.4 TLB", "pages that CPU 1 used too: only CPU 1 is asked")
{
  if (cpu_count() < 2) SKIP("needs two CPUs");
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  Looper looper(1, &task); // keeps the task active there
  Worker there(touch_on_demand, nullptr, Prio_main, &task);
  CHECK_LABEL(run_on(there.cap(), 1, Prio_main), 0);
  there.start();
  toucher = there.cap();
  unmap_pages<Unmap_used>(task, [] { CHECK(!call(toucher, 1, {}).failed()); });
}

CASE("issue 3.4 TLB", "pages that nobody accessed: nobody is asked")
{
  if (cpu_count() < 2) SKIP("needs two CPUs");
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  Looper looper(1, &task);
  unmap_pages<Unmap_untouched>(task, nothing, untouched_page());
}

CASE("issue 3.4", "a call of a server on CPU 1 disturbs no third CPU")
{
  if (cpu_count() < 2) SKIP("needs two CPUs");
  Placed server(1, serve);
  CHECK(ask(server.cap(), 1));
  bench_begin<Remote_calls>();
  unsigned right = 0;
  for (unsigned i = 0; i < Rounds; ++i)
    right += ask(server.cap(), i);
  bench_end<Remote_calls>();
  CHECK_EQ(right, Rounds);
}

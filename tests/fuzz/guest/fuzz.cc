// SPDX-License-Identifier: MIT
// Hostile tasks on the real kernel: rounds of random system calls by six threads in three tasks.
// The controller holds the only capabilities of what must not get lost, cancels and restarts
// threads, and in the end deletes everything. libtap's leak check compares what the kernel holds
// before and after.
#include "hostile.h"

#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include "../../../l4re/libtap/lib/src/text.h"

#include <l4/sys/scheduler.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>

using namespace Tap;

/// Set in the image by `make fuzz` (tests/fuzz/guest/run.py).
extern "C" {
[[gnu::section(".data"), gnu::used]] l4_umword_t volatile fuzz_seed = 1;
[[gnu::section(".data"), gnu::used]] l4_umword_t volatile fuzz_count =
    20000; ///< system calls in each of two passes
}
extern "C" char tap_worker_start[];

namespace {

using namespace fuzz;

constexpr l4_umword_t Stack_bytes = 4 * L4_PAGESIZE, Quota = 1 << 20, Small_quota = 300 << 10;
constexpr l4_umword_t Calls_per_round = 4000;
constexpr unsigned Most_naps = 60;

/// The hostile system of one round. Destroyed with all that came from it.
class Round {
public:
  explicit Round(l4_umword_t seed) : _big(Quota), _small(Small_quota)
  {
    for (unsigned i = 0; i < Threads; ++i)
      *job(i) = {(seed * 0x9e3779b97f4a7c15 + i * 0x1234567) | 1, 0};
    share_memory();
    for (unsigned i = 0; i < Threads; ++i)
      thread_bind(_threads[i], _tasks[i % Tasks], _tasks[i % Tasks].next_utcb());
    for (unsigned i = 0; i + 1 < Gates; ++i)
      _gates[i].bind(_threads[i], 0x100 + 0x10 * i);
    for (unsigned i = 0; i < Tasks; ++i)
      give_capabilities(i);
    for (unsigned i = 0; i < Threads; ++i)
      start(i);
  }
  ~Round()
  {
    // what is still running must not touch the slots while they are emptied one by one
    for (unsigned i = 0; i < Threads; ++i)
      _threads[i].remove();
  }

  l4_umword_t calls() const
  {
    l4_umword_t sum = 0;
    for (unsigned i = 0; i < Threads; ++i)
      sum += job(i)->calls;
    return sum;
  }

  /// One of the threads is cancelled, gets an exception, or another priority.
  void disturb(l4_umword_t random)
  {
    unsigned const thread = random % Threads;
    switch (random / Threads % 8) {
    case 0: place(thread, random / 256, Prio_low + random / 64 % 4); break;
    case 1: ex_regs(_threads[thread], ~0UL, ~0UL, 0x30000); break;
    default: ex_regs(_threads[thread], ~0UL, ~0UL, 0x10000); break;
    }
  }

private:
  /// On one of the CPUs, modulo their number.
  void place(unsigned thread, l4_umword_t cpu, unsigned prio)
  {
    static unsigned const cpus = cpu_count();
    call(env.scheduler, L4_PROTO_SCHEDULER, {L4_SCHEDULER_RUN_THREAD_OP, cpu % cpus, 1, prio, 0},
         {object(_threads[thread])});
  }
  static unsigned cpu_count()
  {
    if (!call(env.scheduler, L4_PROTO_SCHEDULER, {L4_SCHEDULER_INFO_OP, 0}).ok()) return 1;
    return unsigned(__builtin_popcountl(mr(0)));
  }

  static Job *job(unsigned i) { return reinterpret_cast<Job *>(env.scratch + i * Stack_bytes); }

  /// Code and constants, read-only; stacks; and 64 KiB to play with.
  void share_memory()
  {
    for (unsigned t = 0; t < Tasks; ++t) {
      for (l4_addr_t page = env.image; page < env.image_end; page += L4_PAGESIZE)
        task_map(_tasks[t], env.task, memory(page, L4_PAGESHIFT, L4_FPAGE_RX, page));
      for (unsigned i = t; i < Threads; i += Tasks)
        task_map(_tasks[t], env.task,
                 memory(l4_addr_t(job(i)), 14, L4_FPAGE_RW, l4_addr_t(job(i))));
      task_map(_tasks[t], env.task,
               memory(env.scratch + (1UL << 17), Area_order, L4_FPAGE_RW, Area));
    }
  }

  void give(unsigned task, l4_umword_t slot, l4_cap_idx_t cap, unsigned rights = L4_CAP_FPAGE_RWSD)
  {
    Item item = object(cap, rights);
    item.control |= slot << L4_CAP_SHIFT | L4_FPAGE_C_IPCGATE_SVR;
    task_map(_tasks[task], env.task, item);
  }
  void give_capabilities(unsigned task)
  {
    unsigned const rights = task ? unsigned(L4_CAP_FPAGE_RWS) : unsigned(L4_CAP_FPAGE_RWSD);
    give(task, Own_task, _tasks[task]);
    give(task, Small_factory, _small);
    for (unsigned i = 0; i < Threads; ++i)
      give(task, First_thread + i, _threads[i], rights & ~8U);
    for (unsigned i = 0; i < Tasks; ++i)
      give(task, First_task + i, _tasks[i], rights & ~8U);
    for (unsigned i = 0; i < Gates; ++i)
      give(task, First_gate + i, _gates[i], rights);
    for (unsigned i = 0; i < Irqs; ++i)
      give(task, First_irq + i, _irqs[i], rights);
    for (unsigned i = 0; i < Semaphores; ++i)
      give(task, First_semaphore + i, _semaphores[i], rights);
  }
  void start(unsigned i)
  {
    auto *top = reinterpret_cast<l4_umword_t *>(l4_addr_t(job(i)) + Stack_bytes) - 2;
    top[0] = l4_umword_t(job(i));
    top[1] = l4_umword_t(&run_hostile);
    call(_threads[i], L4_PROTO_THREAD,
         {L4_THREAD_CONTROL_SET_PAGER | L4_THREAD_CONTROL_SET_EXC_HANDLER,
          First_gate << L4_CAP_SHIFT, (First_thread + (i + 1) % Threads) << L4_CAP_SHIFT, 0, 0, 0});
    place(i, i, Prio_low + i % 3);
    ex_regs(_threads[i], l4_umword_t(tap_worker_start), l4_umword_t(top));
  }

  Factory _big, _small;
  Child_task _tasks[Tasks];
  Raw_thread _threads[Threads];
  Gate _gates[Gates];
  Irq _irqs[Irqs];
  Semaphore _semaphores[Semaphores];
};

/// A remark of the report; `make fuzz` adds the figures up.
void print_figures(l4_umword_t rounds, l4_umword_t calls)
{
  Text line;
  line << "# fuzz: ";
  line.decimal(calls) << " system calls in ";
  line.decimal(rounds) << " rounds, seed ";
  line.decimal(fuzz_seed) << '\n';
  write_log(line.data(), line.length());
}

} // namespace

CASE("issue 3.5", "random system calls of hostile tasks leave nothing behind")
{
  l4_umword_t done = 0, rounds = 0;
  while (done < fuzz_count) {
    Round round(fuzz_seed * 1000003 + rounds++);
    unsigned naps = 0;
    for (; naps < Most_naps && round.calls() < Calls_per_round; ++naps) {
      sleep_us(300);
      round.disturb(((fuzz_seed + rounds) * 0x2545f4914f6cdd1d + naps * 0x9e3779b97f4a7c15) >> 7);
    }
    if (!CHECK(round.calls() > 0)) break; // nobody runs at all
    done += round.calls();
  }
  print_figures(rounds, done);
}

// SPDX-License-Identifier: MIT
// The portable kernel's start on each CPU.
#include "boot/kernel_main.h"

#include "boot/root_tasks.h"
#include "diag/print.h"
#include "jdb/hooks.h"
#include "mem/kmem.h"
#include "obj/thread.h"
#include "sched/cpu.h"

#include <new>

Cpu *create_cpu(Cpu_id id)
{
  unsigned order = 0;
  while ((Page_size << order) < sizeof(Cpu))
    ++order;
  void *memory = Kmem::alloc(order);
  return memory ? new (memory) Cpu(id) : nullptr;
}

namespace {

Thread *start_cpu(Cpu &cpu)
{
  Thread *idle = Thread::create_idle();
  cpu.start(*idle);
  return idle;
}

/// All CPUs are there before the first user program asks for them. One that does not answer was
/// reported by the architecture; it costs a little time.
void wait_for_cpus(unsigned found)
{
  constexpr Word Patience_us = 100000;
  Microseconds end = arch::now() + Patience_us;
  auto running = [] {
    unsigned count = 0;
    for (Word cpus = Cpu::online(); cpus; cpus &= cpus - 1)
      ++count;
    return count;
  };
  while (running() < found && arch::now() < end)
    __builtin_ia32_pause();
  kprintf("CPUs: %u of %u\n", running(), found);
}

} // namespace

[[noreturn]] void kernel_main(Cpu &cpu, unsigned cpus, Phys_addr kip)
{
  Thread *idle = start_cpu(cpu);
  Root_tasks::start(kip);
  arch::start_other_cpus();
  wait_for_cpus(cpus);
  if constexpr (Debug_kernel) jdb::start();
  arch::run(idle);
}

[[noreturn]] void kernel_main_cpu(Cpu &cpu) { arch::run(start_cpu(cpu)); }

// SPDX-License-Identifier: MIT
// The portable kernel's start on each CPU.
#include "boot/kernel_main.h"

#include "boot/root_tasks.h"
#include "mem/kmem.h"
#include "obj/thread.h"
#include "sched/cpu.h"

#include <new>

Cpu *create_cpu(Cpu_id)
{
  unsigned order = 0;
  while ((Page_size << order) < sizeof(Cpu))
    ++order;
  void *memory = Kmem::alloc(order);
  return memory ? new (memory) Cpu : nullptr;
}

namespace {

Thread *start_cpu(Cpu &cpu, Cpu_id id)
{
  Thread *idle = Thread::create_idle();
  cpu.start(id, *idle);
  return idle;
}

} // namespace

[[noreturn]] void kernel_main(Boot_info const &info)
{
  Thread *idle = start_cpu(*info.cpu, 0);
  Root_tasks::start(info);
  arch::run(idle);
}

[[noreturn]] void kernel_main_cpu(Cpu &)
{
  // only the boot CPU runs threads so far
  arch::halt_forever();
}

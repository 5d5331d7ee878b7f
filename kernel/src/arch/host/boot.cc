// SPDX-License-Identifier: MIT
// The whole kernel in a process: start, and the way from one transaction to the next.
#include "arch/host/host.h"
#include "boot/kernel_main.h"
#include "ipc/entry.h"
#include "obj/thread.h"
#include "sched/cpu.h"

namespace {

struct First_thread {
  Thread *thread;
};
Kernel_options options{};

} // namespace

void arch::start_other_cpus()
{
}
void arch::run(Thread *first)
{
  throw First_thread{first};
}

void host::boot()
{
  reset();
  Cpu *cpu = create_cpu(0);
  cpu->self_pointer = cpu;
  set_cpu(0, cpu);
  static Kip kip{};
  kip.sigma0_ip = 0x100000;
  kip.root_ip = 0x140000;
  try {
    kernel_main({.kip = &kip,
                 .kip_address = Phys_addr(0x1000),
                 .options = &options,
                 .cpu = cpu,
                 .cpus = 1});
  } catch (First_thread &first) {
    cpu->current = first.thread;
    leave_kernel(nullptr);
  }
}

Thread *host::leave_kernel(Thread *next)
{
  Cpu &cpu = arch::this_cpu();
  while (true) {
    if (!next) next = schedule();
    cpu.current = next;
    if (next->space()) arch::load_space(next->space());
    // the idle thread's continuation would wait for an interrupt
    if (!next->has_continuation() || !next->prio()) return next;
    next = run_continuation(next);
  }
}

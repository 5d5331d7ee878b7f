// SPDX-License-Identifier: MIT
#include "arch/amd64/smp.h"

#include "arch/amd64/cpu_tables.h"
#include "arch/arch.h"
#include "boot/kernel_main.h"
#include "diag/print.h"
#include "platform/pc/lapic.h"

namespace amd64 {

Cpu *create_boot_cpu()
{
  Cpu *cpu = create_cpu(0);
  if (!cpu)
    panic("no memory for the boot CPU's object");
  boot_arch_cpu.connect(*cpu);
  return cpu;
}

} // namespace amd64

void arch::start_other_cpus() {}

void arch::send_ipi(Cpu_id) {}

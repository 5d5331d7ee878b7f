// SPDX-License-Identifier: MIT
#include "arch/amd64/cpu.h"
#include "arch/amd64/cpu_tables.h"
#include "arch/amd64/paging.h"
#include "arch/arch.h"
#include "boot/kernel_main.h"
#include "boot/kip.h"
#include "diag/print.h"
#include "mem/kmem.h"
#include "platform/pc/machine.h"
#include "sched/cpu.h"

using namespace amd64;

extern "C" {
extern u8 trampoline[TRAMPOLINE_BYTES];
extern Word boot_pml4[];

/// For the CPU that is being started; read by trampoline.S.
Arch_cpu *starting_cpu;
}

namespace {

Cpu *starting_cpu_object;
/// Set by the new CPU when it needs none of the above any more.
u32 has_started;

/// Exchange the trampoline with what is in low memory, which may be the firmware's or a loader's: a
/// second call puts it back.
void exchange_trampoline(Word address)
{
  u8 *memory = reinterpret_cast<u8 *>(address);
  write_cr3(image_phys(boot_pml4).value()); // maps the first 2 MiB one to one
  for (u8 &byte : trampoline) {
    u8 code = byte;
    byte = *memory;
    *memory++ = code;
  }
  load_kernel_tables();
}

bool wait_for_start(Word microseconds)
{
  Word end = arch::ticks() + microseconds * clock_rates.tsc / 1000000;
  while (arch::ticks() < end) {
    // acquire: what the new CPU wrote before is visible
    if (__atomic_load_n(&has_started, __ATOMIC_ACQUIRE))
      return true;
    __builtin_ia32_pause();
  }
  return false;
}

/// INIT, then up to two start-up messages (Intel SDM vol. 3, 9.4.4).
bool start_cpu(u32 apic_id, u8 page)
{
  // The last one is for virtual machines on a busy host. A CPU that came even later would find the
  // variables of the next one.
  constexpr Word Init_delay = 100, Patience[] = {1000, 3000000};
  has_started = 0;
  pc::Lapic::send(apic_id, pc::Lapic::Init);
  wait_for_start(Init_delay);
  for (Word patience : Patience) {
    pc::Lapic::send(apic_id, pc::Lapic::Startup | page);
    if (wait_for_start(patience)) return true;
  }
  return false;
}

constexpr unsigned Order_of_arch_cpu = __builtin_ctzll(Arch_cpu::Bytes / Page_size);
static_assert(Page_size << Order_of_arch_cpu == Arch_cpu::Bytes);

} // namespace

/// C++ entry of every CPU but the first, on its own stack.
extern "C" [[noreturn]] void cpu_main(Arch_cpu &arch_cpu)
{
  arch_cpu.init();
  init_cpu_registers();
  init_fpu();
  Cpu *cpu = starting_cpu_object;
  arch_cpu.connect(*cpu);
  pc::Lapic::enable();
  // release: the starter may reuse all variables of the start
  __atomic_store_n(&has_started, 1, __ATOMIC_RELEASE);
  kernel_main_cpu(*cpu);
}

void arch::start_other_cpus()
{
  constexpr Word Mib = 1 << 20;
  Word page = kip_page.find_free(Page_size, Page_shift, Mib);
  if (pc::machine.cpus < 2)
    return;
  if (page == ~Word{0}) return kprintf("no free page below 1 MiB: the other CPUs stay off\n");
  exchange_trampoline(page);
  for (Cpu_id id = 1; id < pc::machine.cpus; ++id) {
    starting_cpu = static_cast<Arch_cpu *>(Kmem::alloc(Order_of_arch_cpu));
    starting_cpu_object = starting_cpu ? create_cpu(id) : nullptr;
    if (!starting_cpu_object) {
      kprintf("no memory for CPU %u: it stays off\n", id);
      break;
    }
    __builtin_memset(starting_cpu, 0, sizeof(Arch_cpu));
    starting_cpu->apic_id = pc::machine.apic_id[id];
    if (!start_cpu(starting_cpu->apic_id, u8(page >> Page_shift)))
      kprintf("CPU %u (APIC %u) does not answer: it stays off\n", id, starting_cpu->apic_id);
  }
  exchange_trampoline(page);
}

void arch::send_ipi(Cpu_id cpu) { pc::Lapic::send(pc::machine.apic_id[cpu], VECTOR_IPI); }

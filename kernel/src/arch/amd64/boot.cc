// SPDX-License-Identifier: MIT
// Start of the boot CPU, from the first C++ to kernel_main() (abi/boot.md).
#include "arch/amd64/cpu.h"
#include "arch/amd64/cpu_tables.h"
#include "arch/amd64/paging.h"
#include "arch/arch.h"
#include "boot/kernel_main.h"
#include "boot/kip.h"
#include "boot/options.h"
#include "diag/print.h"
#include "mem/kmem.h"
#include "platform/pc/machine.h"

namespace amd64 {
namespace {

constexpr Word Mib = 1 << 20;
constexpr Word Four_gib = Word{1} << 32;

/// Size of the kernel heap: what the option says, else an eighth of the RAM within limits.
Word wanted_heap_bytes()
{
  Word bytes = kip_page.ram_bytes() / 8;
  bytes = bytes < 16 * Mib ? 16 * Mib : bytes > 512 * Mib ? 512 * Mib : bytes;
  if (kernel_options.has(Kernel_options::Kmem_size) && kernel_options.kmem_kib)
    bytes = Word{kernel_options.kmem_kib} << 10;
  return round_to(bytes, Superpage_shift);
}

/// Choose the heap, record it in the KIP, map it.
void set_up_heap()
{
  Word bytes = wanted_heap_bytes();
  Word start = kip_page.find_free(bytes, Superpage_shift, Four_gib);
  while (start == ~Word{0} && bytes > 4 * Mib) {
    bytes = round_to(bytes / 2, Superpage_shift);
    start = kip_page.find_free(bytes, Superpage_shift, Four_gib);
  }
  if (start == ~Word{0})
    panic("no %lu KiB of free memory in one piece for the kernel: give the machine more RAM",
          bytes >> 10);
  kip_page.add_desc(start, start + bytes - 1, Mem_desc::Reserved, Mem_desc::Heap);
  map_heap(Phys_addr(start), bytes);
  Kmem::init(Phys_addr(start), bytes);
}

void complete_kip()
{
  constexpr Word Hole_start = User_max + 1, Hole_last = 0xffff7fffffffffff;
  kip_page.add_desc(0, User_max, Mem_desc::Conventional, 0, true);
  kip_page.add_desc(Hole_start, Hole_last, Mem_desc::Reserved, Mem_desc::Kernel, true);
}

void print_banner(unsigned cpus, Word start)
{
  Word us = (arch::ticks() - start) / (clock_rates.tsc / 1000000);
  kprintf("%s\n", kip_page.version_string());
  kprintf("%u CPU%s at %lu MHz, %lu MiB RAM, %lu MiB kernel heap, ready after %lu us\n", cpus,
          cpus == 1 ? "" : "s", (clock_rates.tsc + 500000) / 1000000, (kip_page.ram_bytes() + Mib / 2) / Mib,
          (Kmem::total_bytes() + Mib / 2) / Mib, us);
}

} // namespace
} // namespace amd64

using namespace amd64;

extern "C" [[noreturn]] void boot_main(Word start_tsc)
{
  boot_arch_cpu.init();
  init_idt();
  features.read();
  init_cpu_registers();
  init_paging();
  pc::init_uart(kernel_options);
  if (!features.fsgsbase || !features.xsave)
    panic("this CPU has no %s, which Furore needs (QEMU: use -cpu max)", features.fsgsbase ? "XSAVE" : "FSGSBASE");
  init_fpu();

  kip_page.drop_empty_descs();
  set_up_heap();
  unsigned cpus = pc::init_machine();
  init_clock();
  complete_kip();
  Cpu *cpu = create_cpu(0);
  if (!cpu) panic("no memory for the boot CPU's object");
  boot_arch_cpu.connect(*cpu);
  print_banner(cpus, start_tsc);
  kernel_main(*cpu, cpus, image_phys(&kip_page));
}

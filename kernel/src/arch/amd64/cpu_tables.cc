// SPDX-License-Identifier: MIT
#include "arch/amd64/cpu_tables.h"

#include "arch/amd64/cpu.h"
#include "arch/arch.h"

#include <string.h>

extern "C" char const trap_stubs[][STUB_BYTES];

namespace amd64 {
namespace {

// Code and data descriptors (Intel SDM vol. 3, 3.4.5): flat, accessed.
constexpr Word Code64 = 0x00af9b000000ffff, Data = 0x00cf93000000ffff, Code32 = 0x00cf9b000000ffff;
constexpr Word Dpl3 = Word{3} << 45;

/// Interrupt stack table entries, for what comes at any time, also when RSP is the user's.
enum Ist : unsigned { Ist_none = 0, Ist_panic = 1, Ist_nmi = 2 };

struct Gate {
  Word low, high;
  void set(char const *handler, Ist ist, unsigned dpl)
  {
    constexpr Word Present = Word{1} << 47, Interrupt_gate = Word{14} << 40;
    Word a = reinterpret_cast<Word>(handler);
    low = (a & 0xffff) | Word{SEL_KERNEL_CODE} << 16 | Word{ist} << 32 | Interrupt_gate |
          Word{dpl} << 45 | Present | (a >> 16 & 0xffff) << 48;
    high = a >> 32;
  }
};

Gate idt[VECTORS];

struct [[gnu::packed]] Table_register {
  u16 limit;
  void const *base;
};

} // namespace

void init_idt()
{
  for (unsigned v = 0; v < VECTORS; ++v) {
    Ist ist = v == 2 ? Ist_nmi : v == 8 || v == 18 ? Ist_panic : Ist_none;
    idt[v].set(trap_stubs[v], ist, v == 3 ? 3 : 0); // user mode may only say INT3
  }
}

void set_nmi_handler(char const *handler) { idt[2].set(handler, Ist_nmi, 0); }

void Arch_cpu::init()
{
  gdt[SEL_KERNEL_CODE >> 3] = Code64;
  gdt[SEL_KERNEL_DATA >> 3] = Data;
  gdt[SEL_USER_CODE32 >> 3] = Code32 | Dpl3;
  gdt[SEL_USER_DATA >> 3] = Data | Dpl3;
  gdt[SEL_USER_CODE >> 3] = Code64 | Dpl3;
  constexpr Word Available_tss = Word{0x89} << 40;
  Word base = reinterpret_cast<Word>(&tss);
  gdt[SEL_TSS >> 3] =
      Tss_limit | (base & 0xffffff) << 16 | Available_tss | (base >> 24 & 0xff) << 56;
  gdt[(SEL_TSS >> 3) + 1] = base >> 32;
  tss.rsp[0] = stack_top();
  tss.ist[Ist_panic - 1] = reinterpret_cast<Word>(panic_stack + 384);
  tss.ist[Ist_nmi - 1] = reinterpret_cast<Word>(nmi_stack + sizeof nmi_stack / sizeof(Word));
  tss.io_bitmap = NO_IO_PORTS;
  io_bitmap_end = 0xff;
  timer_armed = timer_wanted = ~Word{0};
  intercepts_syscalls = user_descriptors = false;

  Table_register gdtr{sizeof gdt - 1, gdt}, idtr{sizeof idt - 1, idt};
  asm volatile("lgdt %0\n\t"
               "lidt %1\n\t"
               "pushq %2\n\t"
               "lea 1f(%%rip), %%rax\n\t"
               "push %%rax\n\t"
               "lretq\n"
               "1: mov %3, %%ss\n\t"
               "ltr %w4"
               :
               : "m"(gdtr), "m"(idtr), "i"(SEL_KERNEL_CODE), "r"(SEL_KERNEL_DATA), "r"(SEL_TSS)
               : "rax", "memory");
}

void Arch_cpu::connect(Cpu &cpu)
{
  cpu.self_pointer = &cpu;
  cpu.kernel_stack = reinterpret_cast<void *>(stack_top());
  cpu.tss_rsp0 = reinterpret_cast<Word *>(reinterpret_cast<char *>(&tss) + offsetof(Tss, rsp));
  wrmsr(Msr_gs_base, reinterpret_cast<Word>(&cpu));
  wrmsr(Msr_kernel_gs_base, 0);
}

} // namespace amd64

/// 8 KiB word by word in one instruction: this is the longest transaction of all.
static bool differs(Word const (&now)[1024], u8 const *bitmap)
{
  Word const *a = now;
  u8 const *b = bitmap;
  Word words = 1024;
  bool differ;
  asm volatile("repe cmpsq" : "=@ccne"(differ), "+S"(a), "+D"(b), "+c"(words) : : "memory");
  return differ;
}

bool arch::load_io_ports(u8 const *bitmap)
{
  amd64::Arch_cpu &cpu = amd64::Arch_cpu::current();
  bool changed = cpu.tss.io_bitmap != amd64::Io_bitmap_offset || differs(cpu.io_bitmap, bitmap);
  // Another CPU may change the source after the comparison: its fault came before the change.
  memcpy(cpu.io_bitmap, bitmap, sizeof(cpu.io_bitmap));
  cpu.tss.io_bitmap = amd64::Io_bitmap_offset;
  return changed;
}

void arch::drop_io_ports() { amd64::Arch_cpu::current().tss.io_bitmap = NO_IO_PORTS; }

// SPDX-License-Identifier: MIT
#include "arch/amd64/cpu.h"

#include "arch/amd64/offsets.h"
#include "arch/arch.h"

extern "C" void syscall_entry();
extern "C" void intercepted_syscall();
extern "C" void syscall32();

namespace amd64 {

Features features;

namespace {

// Intel SDM vol. 3, 2.5 (control registers), 2.2.1 (EFER), 12.12.4 (PAT)
constexpr Word Cr0_mp = 1 << 1, Cr0_ts = 1 << 3, Cr0_ne = 1 << 5, Cr0_wp = 1 << 16,
               Cr0_am = 1 << 18;
constexpr Word Cr0_pe_et_pg = 0x80000011;
constexpr Word Cr4_pae = 1 << 5, Cr4_mce = 1 << 6, Cr4_pge = 1 << 7, Cr4_osfxsr = 1 << 9,
               Cr4_osxmmexcpt = 1 << 10, Cr4_umip = 1 << 11, Cr4_fsgsbase = 1 << 16, Cr4_pcide = 1 << 17,
               Cr4_osxsave = 1 << 18, Cr4_smep = 1 << 20, Cr4_smap = 1 << 21;
constexpr Word Efer_sce = 1 << 0, Efer_lme = 1 << 8, Efer_nxe = 1 << 11;

/// Page attributes by PCD,PWT: write back, write combining (PWT), UC-, uncacheable (PCD and PWT).
constexpr u64 Pat = 0x0007010600070106;

} // namespace

void Features::read()
{
  Cpuid one = cpuid(1), seven = cpuid(0).eax >= 7 ? cpuid(7) : Cpuid{};
  fsgsbase = seven.ebx & 1;
  xsave = one.ecx >> 26 & 1;
  xsaveopt = cpuid(0xd, 1).eax & 1;
  x2apic = one.ecx >> 21 & 1;
  tsc_deadline = one.ecx >> 24 & 1;
  pcid = one.ecx >> 17 & 1 && seven.ebx >> 10 & 1; // with INVPCID
  cr4 = Cr4_pae | Cr4_mce | Cr4_pge | Cr4_osfxsr | Cr4_osxmmexcpt |
        (fsgsbase ? Cr4_fsgsbase : 0) | (xsave ? Cr4_osxsave : 0) | (pcid ? Cr4_pcide : 0) |
        (seven.ecx & 1 << 2 ? Cr4_umip : 0) | (seven.ebx & 1 << 7 ? Cr4_smep : 0) |
        (seven.ebx & 1 << 20 ? Cr4_smap : 0);
}

void set_syscall_entry(bool intercepted)
{
  wrmsr(Msr_lstar, reinterpret_cast<Word>(intercepted ? &intercepted_syscall : &syscall_entry));
}

void init_cpu_registers()
{
  wrmsr(Msr_efer, Efer_sce | Efer_lme | Efer_nxe);
  write_cr0(Cr0_pe_et_pg | Cr0_mp | Cr0_ne | Cr0_wp | Cr0_am | Cr0_ts);
  write_cr4(features.cr4);
  wrmsr(Msr_pat, Pat);
  // SYSRET takes CS + 16 and SS + 8 from the upper half (AMD APM vol. 2, 6.1.1).
  wrmsr(Msr_star, Word{SEL_USER_CODE32} << 48 | Word{SEL_KERNEL_CODE} << 32);
  set_syscall_entry(false);
  wrmsr(Msr_cstar, reinterpret_cast<Word>(&syscall32));
  wrmsr(Msr_sfmask, 0xffffffff);
}

} // namespace amd64

void arch::halt_forever()
{
  for (;;)
    asm volatile("cli; hlt");
}

// SPDX-License-Identifier: MIT
// Instructions without a C++ spelling, and what this CPU can do.
#pragma once

#include "types/types.h"

namespace amd64 {

enum Msr : u32 {
  Msr_apic_base = 0x1b,
  Msr_tsc_deadline = 0x6e0,
  Msr_pat = 0x277,
  Msr_x2apic = 0x800,
  Msr_efer = 0xc0000080,
  Msr_star = 0xc0000081,
  Msr_lstar = 0xc0000082,
  Msr_cstar = 0xc0000083,
  Msr_sfmask = 0xc0000084,
  Msr_gs_base = 0xc0000101,
  Msr_kernel_gs_base = 0xc0000102,
};

struct Cpuid {
  u32 eax, ebx, ecx, edx;
};
inline Cpuid cpuid(u32 leaf, u32 sub_leaf = 0)
{
  Cpuid r;
  asm volatile("cpuid"
               : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
               : "a"(leaf), "c"(sub_leaf));
  return r;
}

inline u64 rdmsr(u32 msr)
{
  u32 low, high;
  asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
  return low | u64{high} << 32;
}
inline void wrmsr(u32 msr, u64 value)
{
  asm volatile("wrmsr" : : "a"(u32(value)), "d"(u32(value >> 32)), "c"(msr) : "memory");
}
inline u64 rdtsc()
{
  u32 low, high;
  asm volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
  return low | u64{high} << 32;
}

#define AMD64_CONTROL_REGISTER(n)                                                                  \
  inline Word read_cr##n()                                                                         \
  {                                                                                                \
    Word value;                                                                                    \
    asm volatile("mov %%cr" #n ", %0" : "=r"(value));                                              \
    return value;                                                                                  \
  }                                                                                                \
  inline void write_cr##n(Word value) { asm volatile("mov %0, %%cr" #n : : "r"(value) : "memory"); }
AMD64_CONTROL_REGISTER(0)
AMD64_CONTROL_REGISTER(2)
AMD64_CONTROL_REGISTER(3)
AMD64_CONTROL_REGISTER(4)
#undef AMD64_CONTROL_REGISTER

inline void invlpg(void const *page) { asm volatile("invlpg (%0)" : : "r"(page) : "memory"); }

enum Invpcid : Word { Invpcid_one = 1, Invpcid_all = 3 };
/// Drop the translations with one identifier, or with any but global ones.
inline void invpcid(Invpcid what, Word pcid)
{
  Word descriptor[2] = {pcid, 0};
  asm volatile("invpcid %0, %1" : : "m"(descriptor), "r"(Word{what}) : "memory");
}

inline Word rdfsbase()
{
  Word base;
  asm volatile("rdfsbase %0" : "=r"(base));
  return base;
}
inline void wrfsbase(Word base) { asm volatile("wrfsbase %0" : : "r"(base)); }
/// User's GS base while in the kernel: exchange it with `base`. Between the two SWAPGS nothing may
/// use GS; NMI and machine check do not.
inline Word exchange_user_gs_base(Word base)
{
  Word old;
  asm volatile("swapgs\n\trdgsbase %0\n\twrgsbase %1\n\tswapgs" : "=&r"(old) : "r"(base));
  return old;
}
inline Word user_gs_base()
{
  Word base;
  asm volatile("swapgs\n\trdgsbase %0\n\tswapgs" : "=r"(base));
  return base;
}

inline void out8(u16 port, u8 value) { asm volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
inline void out16(u16 port, u16 value) { asm volatile("outw %0, %1" : : "a"(value), "Nd"(port)); }
inline void out32(u16 port, u32 value) { asm volatile("outl %0, %1" : : "a"(value), "Nd"(port)); }
inline u8 in8(u16 port)
{
  u8 value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
inline u16 in16(u16 port)
{
  u16 value;
  asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
inline u32 in32(u16 port)
{
  u32 value;
  asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

/// What the kernel uses beyond the base architecture. Read once on the boot CPU.
struct Features {
  bool smep, smap, umip, fsgsbase, pge, xsave, xsaveopt, avx, avx512, x2apic, tsc_deadline, pcid;
  void read();
  /// Panics without a feature that the kernel cannot do without. Needs the console.
  void require() const;
};
extern Features features;

/// Control registers, PAT and system call MSRs of this CPU.
void init_cpu_registers();
/// Where SYSCALL leads on this CPU: to the system call, or to a trap (exit flag Intercepted).
void set_syscall_entry(bool intercepted);

} // namespace amd64

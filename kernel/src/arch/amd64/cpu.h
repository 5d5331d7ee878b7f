// SPDX-License-Identifier: MIT
// The CPU: instructions without a C++ spelling, what it can do, its clock and its FPU.
#pragma once

#include "types/types.h"

class Thread;

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

/// Port access of 1, 2 or 4 bytes.
template <class T> inline void out(u16 port, T value)
{
  asm volatile("out %0, %1" : : "a"(value), "Nd"(port));
}
template <class T> inline T in(u16 port)
{
  T value;
  asm volatile("in %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

/// What the kernel uses beyond the base architecture. Read once on the boot CPU.
struct Features {
  bool fsgsbase, xsave, xsaveopt, x2apic, tsc_deadline, pcid;
  Word cr4; ///< with what is there of SMEP, SMAP, UMIP, PCID
  void read();
};
extern Features features;

/// Control registers, PAT and system call MSRs of this CPU.
void init_cpu_registers();
/// Where SYSCALL leads on this CPU: to the system call, or to a trap (exit flag Intercepted).
void set_syscall_entry(bool intercepted);

// ---- the kernel clock: time stamp counter, scaled (clock.cc) -------------------------------------

/// Frequencies of the time stamp counter and of the local APIC's timer, in Hz.
struct Clock_rates {
  Word tsc;
  Word apic_timer; ///< 0: not measured, the timer takes TSC values (TSC deadline mode)
};
extern Clock_rates clock_rates;

/// Find out the rates (CPUID where it tells, else a measurement of at most about 1 ms) and
/// set up the clock code of the KIP. The local APIC must be enabled.
void init_clock();

/// Time stamp at which the kernel clock shows `time`, for a time below 2^43 us.
Word tsc_at(Microseconds time);

// ---- FPU registers: who has them live, and what a thread without any can see of them: nothing (fpu.cc) ----

/// Find out the size of the state (boot CPU) and switch the extensions on (each CPU).
void init_fpu();
/// From a thread to the next, if at least one uses the FPU. Afterwards the live registers are those
/// of `next`, or in initial state with CR0.TS set.
extern "C" void switch_fpu(Thread &next, Thread &old);
/// #NM of `current`: its first FPU instruction. False if it has no place for the state, or must not.
bool begin_fpu_use(Thread &current);

} // namespace amd64

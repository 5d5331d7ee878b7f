// SPDX-License-Identifier: MIT
// The functions of arch/arch.h that the IPC path cannot afford to call. Included by it; the build chooses
// the architecture's file.
#pragma once

namespace arch {

/// GS base points to this CPU's Cpu, whose first word points to itself. Not volatile: one look per
/// transaction is enough.
inline Cpu &this_cpu()
{
  Cpu *cpu;
  asm("mov %%gs:0, %0" : "=r"(cpu));
  return *cpu;
}

/// The word at `Offset` of this CPU's Cpu, in one instruction.
template <class T, Word Offset> inline T cpu_field()
{
  T value;
  asm volatile("mov %%gs:%c1, %0" : "=r"(value) : "i"(Offset));
  return value;
}

inline u64 ticks()
{
  u64 low, high; // the instruction clears their upper halves
  asm volatile("rdtsc" : "=a"(low), "=d"(high));
  return high << 32 | low;
}

/// The allocators tell a memory checker what is free; no machine has one.
inline void memory_is_free(void *, Word) {}
inline void memory_is_used(void *, Word) {}

} // namespace arch

// SPDX-License-Identifier: MIT
// Tables the hardware reads: GDT and TSS per CPU, one IDT; and the stacks they point to.
#pragma once

#include "arch/amd64/offsets.h"
#include "jdb/hooks.h"
#include "sched/cpu.h"
#include "types/types.h"

namespace amd64 {

/// Task state segment (Intel SDM vol. 3, 8.7). The stack for user -> kernel transitions is rsp[0].
struct [[gnu::packed]] Tss {
  u32 reserved0;
  Word rsp[3];
  Word reserved1;
  Word ist[7];
  Word reserved2;
  u16 reserved3, io_bitmap;
};
static_assert(offsetof(Tss, io_bitmap) == 0x66);

constexpr unsigned First_user_gdt_slot = 11; // abi/kernel-entry.md section 1
constexpr unsigned User_gdt_slots = 4;

/// What a CPU has beside its Cpu object. The kernel stack grows down from the end of the block.
struct alignas(64) Arch_cpu {
  static constexpr Word Bytes = ARCH_CPU_BYTES;

  Word gdt[First_user_gdt_slot + User_gdt_slots];
  u32 padding; ///< puts tss.rsp[0] at the start of a cache line
  Tss tss;
  Word io_bitmap[1024]; ///< part of the TSS; must end in a byte of ones
  u8 io_bitmap_end;
  u32 apic_id;
  /// One-shot timer: when the hardware will fire and when an interrupt is wanted; microseconds.
  Word timer_armed, timer_wanted;
  Thread *fpu_owner;        ///< whose FPU registers are live; null: none, in initial state
  bool intercepts_syscalls; ///< as set_syscall_entry() was told
  bool user_descriptors;    ///< the user slots of the GDT are current's, not empty
  Word nmi_stack[Debug_kernel ? 192 : 32]; ///< release: nothing is called there
  Word panic_stack[384];

  /// Fill in the tables and make them this CPU's.
  void init();
  /// Connect GS, and with it the entry code, to the CPU object.
  void connect(Cpu &cpu);
  Word stack_top() const { return reinterpret_cast<Word>(this) + Bytes; }

  static Arch_cpu &current();
};
static_assert(offsetof(Arch_cpu, tss.rsp[0]) % 64 == 0);
constexpr u16 Io_bitmap_offset = offsetof(Arch_cpu, io_bitmap) - offsetof(Arch_cpu, tss);
constexpr u16 Tss_limit = offsetof(Arch_cpu, io_bitmap_end) - offsetof(Arch_cpu, tss);
static_assert(Tss_limit < NO_IO_PORTS);
static_assert(sizeof(Arch_cpu) <= Arch_cpu::Bytes - 8192, "room for the kernel stack");

inline Arch_cpu &Arch_cpu::current()
{
  Word rsp0 = reinterpret_cast<Word>(arch::this_cpu().tss_rsp0);
  return *reinterpret_cast<Arch_cpu *>(rsp0 - offsetof(Arch_cpu, tss.rsp[0]));
}

/// The boot CPU's; its kernel stack is in use from the first instruction on.
extern "C" Arch_cpu boot_arch_cpu;

/// Fill in the IDT all CPUs share. Once, on the boot CPU, before the first exception can happen.
void init_idt();
/// Who gets NMIs from now on; they come on the stack of Ist_nmi, with any GS base.
void set_nmi_handler(char const *handler);

} // namespace amd64

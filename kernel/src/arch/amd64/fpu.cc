// SPDX-License-Identifier: MIT
#include "arch/amd64/cpu.h"
#include "arch/amd64/cpu_tables.h"
#include "arch/arch.h"

namespace amd64 {
namespace {

// XCR0 (Intel SDM vol. 1, 13.3)
constexpr u32 X87 = 1, Sse = 2, Avx = 4, Avx512 = 0xe0;

/// Legacy region and header of an XSAVE area in initial state. With no bit set in `present` XRSTOR gives every
/// component its initial value, so nothing else of a new area needs to be written.
struct alignas(64) Fpu_image {
  u16 control = 0x37f, status = 0, tag_and_opcode[2] = {};
  Word instruction = 0, data = 0;
  u32 mxcsr = 0x1f80, mxcsr_mask = 0;
  Word registers[60] = {};
  Word present = 0, compaction = 0, reserved[6] = {};
};
static_assert(offsetof(Fpu_image, present) == 512);

u32 state_bytes = 512;
/// What registers are loaded with when they are nobody's.
constinit Fpu_image const initial_image;

void save(void *state)
{
  if (features.xsaveopt)
    asm volatile("xsaveopt64 (%0)" : : "r"(state), "a"(~0u), "d"(~0u) : "memory");
  else
    asm volatile("xsave64 (%0)" : : "r"(state), "a"(~0u), "d"(~0u) : "memory");
}

void restore(void const *state)
{
  asm volatile("xrstor64 (%0)" : : "r"(state), "a"(~0u), "d"(~0u) : "memory");
}

} // namespace

void init_fpu()
{
  u32 components = cpuid(0xd).eax & (X87 | Sse | Avx | Avx512);
  asm volatile("xsetbv" : : "a"(components), "d"(0), "c"(0));
  state_bytes = cpuid(0xd).ebx;
}

/// Nobody's registers are live from here on. TS alone would not do: some CPUs let
/// stale registers be read speculatively.
static void drop_live(Arch_cpu &cpu)
{
  constexpr Word Cr0_ts = 1 << 3;
  restore(&initial_image);
  write_cr0(read_cr0() | Cr0_ts);
  cpu.fpu_owner = nullptr;
}

static void make_live(Arch_cpu &cpu, Thread &thread)
{
  asm volatile("clts");
  restore(thread.has_fpu_values() ? thread.fpu_state() : &initial_image);
  cpu.fpu_owner = &thread;
}

/// Registers are loaded in advance only for a thread that used them lately: from its first use (#NM) on for so many
/// turns. Who stopped using the FPU costs its partners nothing.
constexpr u8 Eager_turns = 16;

void switch_fpu(Thread &next, Thread &old)
{
  Arch_cpu &cpu = Arch_cpu::current();
  // The owner is the current thread or nobody.
  if (cpu.fpu_owner == &old) {
    save(old.fpu_state());
    if (!old.spend_fpu_credit()) old.clear_exit_flag(Thread::Fpu_live);
  }
  if ((next.exit_flags() & (Thread::Fpu_live | Thread::Fpu_off)) == Thread::Fpu_live)
    make_live(cpu, next);
  else if (cpu.fpu_owner)
    drop_live(cpu);
}

/// What saving leaves alone gets its initial values.
static void init_state(void *state)
{
  auto *image = static_cast<Fpu_image *>(state);
  image->control = initial_image.control;
  image->mxcsr = initial_image.mxcsr;
  image->present = image->compaction = 0;
  for (Word &word : image->reserved)
    word = 0;
}

bool begin_fpu_use(Thread &current)
{
  if (current.exit_flags() & Thread::Fpu_off) return false;
  if (!current.has_fpu_values()) init_state(current.fpu_state());
  make_live(Arch_cpu::current(), current);
  current.set_fpu_values(true);
  current.set_fpu_credit(Eager_turns);
  current.set_exit_flag(Thread::Fpu_live);
  return true;
}

} // namespace amd64

Word arch::fpu_state_bytes() { return amd64::state_bytes; }

void arch::save_live_fpu(Thread &current)
{
  if (amd64::Arch_cpu::current().fpu_owner == &current) amd64::save(current.fpu_state());
}

void arch::forget_live_fpu(Thread &thread)
{
  amd64::Arch_cpu &cpu = amd64::Arch_cpu::current();
  if (cpu.fpu_owner == &thread) amd64::drop_live(cpu);
}

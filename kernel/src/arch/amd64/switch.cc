// SPDX-License-Identifier: MIT
// From one thread's user state to another's: what the entry code does not keep in the frame.
#include "arch/amd64/cpu.h"
#include "arch/amd64/cpu_tables.h"
#include "arch/amd64/entry_part.h"
#include "arch/amd64/fpu.h"
#include "arch/arch.h"
#include "boot/kernel_main.h"

using namespace amd64;

extern "C" [[noreturn]] void run_first(Thread *first);

namespace {

/// The data selectors as they stand in User_segments: ds, es, fs, gs.
struct Selectors {
  u16 ds, es, fs, gs;
  bool are_initial() const { return !((ds ^ SEL_USER_DATA) | (es ^ SEL_USER_DATA) | fs | gs); }
};

inline Selectors read_selectors()
{
  u32 ds, es, fs, gs;
  asm volatile("mov %%ds, %0\n\tmov %%es, %1\n\tmov %%fs, %2\n\tmov %%gs, %3"
               : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs));
  return {u16(ds), u16(es), u16(fs), u16(gs)};
}

/// Selectors come from exception replies too: load only what user mode could load itself.
u16 checked(u16 selector)
{
  if (selector < 4)
    return selector;
  Arch_cpu &cpu = Arch_cpu::current();
  unsigned index = selector >> 3;
  if (selector & 4 || index >= First_user_gdt_slot + User_gdt_slots || (selector & 3) != 3)
    return 0;
  Word descriptor = cpu.gdt[index];
  constexpr Word Present = Word{1} << 47, Code_or_data = Word{1} << 44, Code = Word{1} << 43,
                 Readable = Word{1} << 41;
  bool loadable = descriptor & Present && descriptor & Code_or_data && (descriptor >> 45 & 3) == 3
                  && (!(descriptor & Code) || descriptor & Readable);
  return loadable ? selector : 0;
}

/// FS and GS selectors first, as loading them changes the bases. Loading GS changes the base of the
/// kernel, since user's is swapped out: it goes through SWAPGS.
void load_selectors(User_segments const &s)
{
  asm volatile("mov %0, %%ds\n\tmov %1, %%es\n\tmov %2, %%fs\n\t"
               "swapgs\n\tmov %3, %%gs\n\tswapgs"
               :
               : "r"(checked(s.ds)), "r"(checked(s.es)), "r"(checked(s.fs)), "r"(checked(s.gs)));
}

[[gnu::noinline]] void switch_selectors(Thread_entry_part &old, Thread_entry_part &next,
                                        Selectors live)
{
  old.segments.ds = live.ds, old.segments.es = live.es;
  old.segments.fs = live.fs, old.segments.gs = live.gs;
  if (live.are_initial())
    old.exit_flags &= u8(~EXIT_SEGMENTS);
  else
    old.exit_flags |= EXIT_SEGMENTS;
  load_selectors(next.segments);
}

} // namespace

/// The one context switch. current's user registers are in its frame already.
extern "C" [[gnu::section(".text.hot.switch")]] void switch_to(Thread *next_thread)
{
  Cpu_entry_state &cpu = entry_state();
  Thread_entry_part &old = Thread_entry_part::of(cpu.current);
  Thread_entry_part &next = Thread_entry_part::of(next_thread);

  u8 either = old.exit_flags | next.exit_flags;
  if (either & EXIT_USES_FPU) [[unlikely]]
    switch_fpu(*cpu.current, *next_thread);

  old.segments.fs_base = rdfsbase();
  Selectors live = read_selectors();
  if (!live.are_initial() || either & EXIT_SEGMENTS) [[unlikely]] {
    old.segments.gs_base = user_gs_base();
    switch_selectors(old, next, live);
    exchange_user_gs_base(next.segments.gs_base);
  } else {
    old.segments.gs_base = exchange_user_gs_base(next.segments.gs_base);
  }
  wrfsbase(next.segments.fs_base);

  cpu.current = next_thread;
  *cpu.tss_rsp0 = next.frame_top();
  // Idle has no space of its own: it keeps what is loaded, and the next thread often needs it again.
  if (next.space && next.space != cpu.loaded_space)
    arch::load_space(next.space);
}

void arch::run(Thread *first)
{
  Cpu_entry_state &cpu = entry_state();
  Thread_entry_part &next = Thread_entry_part::of(first);
  load_selectors(next.segments);
  exchange_user_gs_base(next.segments.gs_base);
  wrfsbase(next.segments.fs_base);
  cpu.current = first;
  *cpu.tss_rsp0 = next.frame_top();
  if (next.space)
    load_space(next.space);
  run_first(first);
}

void arch::init_thread_state(Thread &thread)
{
  Thread_entry_part &part = Thread_entry_part::of(thread);
  part.frame = Frame{};
  part.frame.rflags = 0x202;
  part.frame.cs = SEL_USER_CODE;
  part.frame.ss = SEL_USER_DATA;
  part.segments = {.fs_base = 0, .gs_base = 0, .ds = SEL_USER_DATA, .es = SEL_USER_DATA, .fs = 0,
                   .gs = 0};
  part.exit_flags = EXIT_COMPLETE;
}

Cpu &arch::this_cpu() { return *entry_state().self; }

// SPDX-License-Identifier: MIT
// From one thread's user state to another's: what the entry code does not keep in the frame.
#include "arch/amd64/cpu.h"
#include "arch/amd64/cpu_tables.h"
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

/// Whether a selector names one of the slots that threads fill themselves.
bool is_user_slot(Word selector)
{
  Word index = selector >> 3;
  return (selector & 7) == 3 && index >= First_user_gdt_slot &&
         index < First_user_gdt_slot + User_gdt_slots;
}

/// What of `next` the CPU keeps in tables and MSRs, for the few threads that have any.
void load_descriptors(Thread const &next)
{
  static_assert(Thread_extension::Descriptors == User_gdt_slots);
  Arch_cpu &cpu = Arch_cpu::current();
  bool own = next.exit_flags() & Thread::Own_descriptors;
  if (own || cpu.user_descriptors)
    for (unsigned i = 0; i < User_gdt_slots; ++i)
      cpu.gdt[First_user_gdt_slot + i] = own ? next.extension()->descriptors[i] : 0;
  cpu.user_descriptors = own;
  bool intercepted = next.exit_flags() & Thread::Intercepted;
  if (intercepted != cpu.intercepts_syscalls) set_syscall_entry(intercepted);
  cpu.intercepts_syscalls = intercepted;
}

/// Selectors come from exception replies too: load only what user mode could load itself.
u16 checked(u16 selector)
{
  if (selector < 4) return selector;
  Arch_cpu &cpu = Arch_cpu::current();
  unsigned index = selector >> 3;
  if (selector & 4 || index >= First_user_gdt_slot + User_gdt_slots || (selector & 3) != 3)
    return 0;
  Word descriptor = cpu.gdt[index];
  constexpr Word Present = Word{1} << 47, Code_or_data = Word{1} << 44, Code = Word{1} << 43,
                 Readable = Word{1} << 41;
  bool loadable = descriptor & Present && descriptor & Code_or_data &&
                  (descriptor >> 45 & 3) == 3 && (!(descriptor & Code) || descriptor & Readable);
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

/// FS and GS base as well as the selectors of `next`, which is becoming or is current.
void load_segments(Thread &next)
{
  User_segments const &s = next.segments();
  load_descriptors(next); // selectors may name them
  load_selectors(s);
  exchange_user_gs_base(s.gs_base);
  wrfsbase(s.fs_base);
  next.clear_exit_flag(Thread::Reload_segments);
  bool own = !Selectors{s.ds, s.es, s.fs, s.gs}.are_initial();
  own ? next.set_exit_flag(Thread::Own_selectors) : next.clear_exit_flag(Thread::Own_selectors);
}

} // namespace

/// The switch (entry.S) if there is anything unusual. current's user registers are in its frame already.
extern "C" void switch_rarely(Thread *next)
{
  Cpu &cpu = arch::this_cpu();
  Thread &old = *cpu.current;
  if ((old.exit_flags() | next->exit_flags()) & Thread::Fpu_live) switch_fpu(*next, old);
  if (old.space()) arch::sync_segments(old); // idle's are nobody's
  load_segments(*next);
  cpu.current = next;
  *cpu.tss_rsp0 = reinterpret_cast<Word>(&next->frame() + 1);
  // Idle has no space of its own: it keeps what is loaded, and the next thread often needs it
  // again.
  if (next->space()) arch::load_space(next->space());
}

/// Leaving to user mode with segments that the kernel changed.
extern "C" void reload_segments(Thread *current) { load_segments(*current); }

void arch::run(Thread *first)
{
  switch_rarely(first);
  run_first(first);
}

void arch::init_thread_state(Thread &thread)
{
  thread.frame() = Frame{};
  thread.frame().rflags = 0x202;
  thread.frame().cs = SEL_USER_CODE;
  thread.frame().ss = SEL_USER_DATA;
  thread.segments() = {
      .fs_base = 0, .gs_base = 0, .ds = SEL_USER_DATA, .es = SEL_USER_DATA, .fs = 0, .gs = 0};
  thread.set_exit_flag(Thread::Complete);
}

void arch::sync_segments(Thread &thread)
{
  if (this_cpu().current != &thread || thread.exit_flags() & Thread::Reload_segments) return;
  Selectors live = read_selectors();
  thread.segments() = {.fs_base = rdfsbase(),
                       .gs_base = user_gs_base(),
                       .ds = live.ds,
                       .es = live.es,
                       .fs = live.fs,
                       .gs = live.gs};
  if (!live.are_initial()) thread.set_exit_flag(Thread::Own_selectors);
}

void arch::sanitize_user_state(Thread &thread)
{
  // WRFSBASE and WRGSBASE fault with a non-canonical value. Selectors are checked when loaded.
  auto canonical = [](Word address) { return Word(i64(address << 16) >> 16); };
  thread.segments().fs_base = canonical(thread.segments().fs_base);
  thread.segments().gs_base = canonical(thread.segments().gs_base);
  // What IRETQ loads must be user's; that a descriptor of its own fits is checked by the CPU then.
  Frame &frame = thread.frame();
  if (frame.cs != SEL_USER_CODE32 && !is_user_slot(frame.cs)) frame.cs = SEL_USER_CODE;
  if (!is_user_slot(frame.ss)) frame.ss = SEL_USER_DATA;
}

Cpu_id arch::cpu_id() { return this_cpu().id(); }

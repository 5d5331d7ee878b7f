// SPDX-License-Identifier: MIT
// Threads of the host architecture are objects only: they have registers, and never run.
#include "arch/arch.h"
#include "obj/thread.h"
#include "sched/cpu.h"

void arch::init_thread_state(Thread &thread)
{
  thread.frame() = Frame{};
  thread.frame().rflags = 0x202;
  thread.frame().cs = 0x2b;
  thread.frame().ss = 0x23;
  thread.segments() = {.fs_base = 0, .gs_base = 0, .ds = 0x23, .es = 0x23, .fs = 0, .gs = 0};
}

extern "C" void arch::switch_to(Thread *next)
{
  this_cpu().current = next;
}
void arch::sync_segments(Thread &)
{
}
void arch::sanitize_user_state(Thread &)
{
}
Word arch::fpu_state_bytes()
{
  return 512;
}
void arch::save_live_fpu(Thread &)
{
}
void arch::forget_live_fpu(Thread &)
{
}

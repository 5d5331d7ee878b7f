// SPDX-License-Identifier: MIT
// What the architecture knows of a Thread and of a Cpu.
#pragma once

#include "arch/amd64/offsets.h"
#include "obj/thread_layout.h"
#include "sched/cpu.h"

/// The head of every Thread as the entry code sees it. The portable part sees the same words as
/// members of Thread.
struct Thread_entry_part {
  Word object_header[4];
  void *utcb;
  Frame frame;
  User_segments segments;
  Thread *(*resume)(Thread *); ///< null: go on in user mode
  Mem_space *space;            ///< null: no user mode at all (idle)
  u8 exit_flags;               ///< EXIT_*
  void *fpu_state;

  static Thread_entry_part &of(Thread *thread)
  {
    return *reinterpret_cast<Thread_entry_part *>(thread);
  }
  static Thread_entry_part &of(Thread &thread) { return of(&thread); }
  Word frame_top() { return reinterpret_cast<Word>(&frame + 1); }
};

static_assert(offsetof(Thread_entry_part, frame) == THREAD_FRAME);
static_assert(offsetof(Thread_entry_part, frame.r15) == THREAD_R15);
static_assert(offsetof(Thread_entry_part, frame.r8) == THREAD_R8);
static_assert(offsetof(Thread_entry_part, frame.rbp) == THREAD_RBP);
static_assert(offsetof(Thread_entry_part, frame.rbx) == THREAD_RBX);
static_assert(offsetof(Thread_entry_part, frame.rax) == THREAD_RAX);
static_assert(offsetof(Thread_entry_part, frame.trapno) == THREAD_TRAPNO);
static_assert(offsetof(Thread_entry_part, frame.error) == THREAD_ERROR);
static_assert(offsetof(Thread_entry_part, frame.rip) == THREAD_RIP);
static_assert(offsetof(Thread_entry_part, frame.rflags) == THREAD_RFLAGS);
static_assert(offsetof(Thread_entry_part, frame.rsp) == THREAD_RSP);
static_assert(offsetof(Thread_entry_part, segments) == THREAD_SEGMENTS);
static_assert(THREAD_FRAME_TOP == THREAD_SEGMENTS && THREAD_FRAME_TOP % 16 == 0,
              "the CPU aligns the stack before it pushes");
static_assert(offsetof(Thread_entry_part, resume) == THREAD_RESUME);
static_assert(offsetof(Thread_entry_part, space) == THREAD_SPACE);
static_assert(offsetof(Thread_entry_part, exit_flags) == THREAD_EXIT_FLAGS);
static_assert(offsetof(Thread_entry_part, fpu_state) == THREAD_FPU_STATE);
static_assert(offsetof(Cpu_entry_state, current) == CPU_CURRENT);
static_assert(offsetof(Cpu_entry_state, kernel_stack) == CPU_KERNEL_STACK);

/// This CPU's entry state: GS base points to it, and its first word to itself.
inline Cpu_entry_state &entry_state()
{
  Cpu_entry_state *state;
  asm volatile("mov %%gs:0, %0" : "=r"(state));
  return *state;
}

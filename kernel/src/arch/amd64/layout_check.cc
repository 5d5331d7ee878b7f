// SPDX-License-Identifier: MIT
// The offsets that the entry code uses, compared with the classes.
#include "arch/amd64/cpu_tables.h"
#include "arch/amd64/offsets.h"
#include "obj/thread_layout.h"
#include "sched/cpu.h"
#include "space/mem_space.h"

struct Layout_check {
  using E = Execution_context;
  static constexpr Word Frame_offset = offsetof(E, _frame);
  static_assert((Frame_offset + sizeof(Frame)) % 16 == 0, "the CPU aligns the stack, then pushes");
  static_assert(alignof(E) % 16 == 0);
  static_assert(Frame_offset + offsetof(Frame, r15) == THREAD_R15);
  static_assert(Frame_offset + offsetof(Frame, r8) == THREAD_R8);
  static_assert(Frame_offset + offsetof(Frame, rbp) == THREAD_RBP);
  static_assert(Frame_offset + offsetof(Frame, rbx) == THREAD_RBX);
  static_assert(Frame_offset + offsetof(Frame, rax) == THREAD_RAX);
  static_assert(Frame_offset + offsetof(Frame, trapno) == THREAD_TRAPNO);
  static_assert(Frame_offset + offsetof(Frame, error) == THREAD_ERROR);
  static_assert(Frame_offset + offsetof(Frame, rip) == THREAD_RIP);
  static_assert(Frame_offset + offsetof(Frame, rflags) == THREAD_RFLAGS);
  static_assert(Frame_offset + offsetof(Frame, rsp) == THREAD_RSP);
  static_assert(offsetof(E, _segments) == Frame_offset + sizeof(Frame), "exception message");
  static_assert(Frame_offset + sizeof(Frame) == THREAD_FRAME_TOP);
  static_assert(offsetof(E, _segments) + offsetof(User_segments, fs_base) == THREAD_FS_BASE);
  static_assert(offsetof(E, _segments) + offsetof(User_segments, gs_base) == THREAD_GS_BASE);
  static_assert(offsetof(E, _space) == THREAD_SPACE);
  static_assert(offsetof(E, _exit_flags) == THREAD_EXIT_FLAGS);
  static_assert(E::Complete == EXIT_COMPLETE && E::Fpu_live == EXIT_FPU_LIVE &&
                E::Reload_segments == EXIT_RELOAD_SEGMENTS && E::Continues == EXIT_CONTINUES &&
                (E::Reload_segments | E::Own_selectors | E::Intercepted | E::Own_descriptors) ==
                    EXIT_RARE);
  static_assert(offsetof(Cpu_entry_state, current) == CPU_CURRENT);
  static_assert(offsetof(Cpu_entry_state, kernel_stack) == CPU_KERNEL_STACK);
  static_assert(offsetof(Cpu_entry_state, tss_rsp0) == CPU_TSS_RSP0);
  static_assert(offsetof(Cpu_entry_state, loaded_space) == CPU_LOADED_SPACE);
  static_assert(offsetof(Cpu_entry_state, user_rsp) == CPU_USER_RSP);
  using T = amd64::Tss;
  static_assert(offsetof(T, io_bitmap) - offsetof(T, rsp) == TSS_RSP0_TO_IO_BITMAP);
  static_assert(offsetof(Mem_space, _root_word) == SPACE_ROOT_WORD);
};

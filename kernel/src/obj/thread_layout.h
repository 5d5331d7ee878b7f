// SPDX-License-Identifier: MIT
// The part of a Thread that the entry code knows. Order and offsets are fixed by
// arch/amd64/offsets.h; the register frame is the exception message (abi/kernel-entry.md section 6).
#pragma once

#include "types/types.h"

/// User registers, in the order in which hardware and entry code push them. 23 words; together
/// with the three words after it the layout of l4_exc_regs_t.
struct Frame {
  Word r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp;
  Word pfa; ///< fault address (CR2), or the I/O flexpage
  Word rbx, rdx, rcx, rax;
  Word trapno, error;
  Word rip, cs, rflags, rsp, ss;
};
static_assert(sizeof(Frame) == 23 * 8);

/// What follows the frame in an exception message.
struct User_segments {
  Word fs_base, gs_base;
  u16 ds, es, fs, gs;
};
static_assert(sizeof(User_segments) == 24);

// SPDX-License-Identifier: MIT
// All that belongs to one CPU.
#pragma once

#include "types/types.h"

class Mem_space;
class Thread;

/// The words the entry code reaches through GS, first in Cpu at fixed offsets (arch/amd64/offsets.h).
struct Cpu_entry_state {
  Cpu *self = nullptr;             // 0x00
  Thread *current = nullptr;       // 0x08 the thread whose user state is or was last loaded
  void *kernel_stack = nullptr;    // 0x10 top of this CPU's only kernel stack
  Word *tss_rsp0 = nullptr;        // 0x18 where to put the top of current's frame
  Mem_space *loaded_space = nullptr; // 0x20 owner of the root table in CR3; null: kernel's own
  Thread *fpu_owner = nullptr;     // 0x28 whose FPU registers are live; null: none, in initial state
};

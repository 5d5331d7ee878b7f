// SPDX-License-Identifier: MIT
// How the architecture's code gets at the running CPU and at the entry part of a thread.
#pragma once

#include "arch/amd64/offsets.h"
#include "obj/thread.h"
#include "sched/cpu.h"

namespace amd64 {

/// This CPU's entry state: GS base points to it, and its first word to itself.
inline Cpu_entry_state &entry_state()
{
  Cpu_entry_state *state;
  asm volatile("mov %%gs:0, %0" : "=r"(state));
  return *state;
}

/// RSP0 while `thread` is current.
inline Word frame_top(Thread &thread) { return reinterpret_cast<Word>(&thread.frame() + 1); }

} // namespace amd64

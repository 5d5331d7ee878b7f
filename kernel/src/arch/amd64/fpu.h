// SPDX-License-Identifier: MIT
// FPU registers: who has them live, and what a thread without any can see of them (nothing).
#pragma once

class Thread;

namespace amd64 {

/// Find out the size of the state (boot CPU) and switch the extensions on (each CPU).
void init_fpu();
/// From a thread to the next, if at least one uses the FPU. Afterwards the live registers are those
/// of `next`, or in initial state with CR0.TS set.
extern "C" void switch_fpu(Thread &old, Thread &next);
/// #NM of `current`: its first FPU instruction. False if it has no place for the state, or must not.
bool begin_fpu_use(Thread &current);

} // namespace amd64

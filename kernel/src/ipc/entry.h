// SPDX-License-Identifier: MIT
// The doors into the portable kernel. The architecture's entry code calls these with interrupts
// off, on the CPU's one kernel stack; each is a short transaction and returns the thread to run next.
#pragma once

#include "types/types.h"

class Thread;

extern "C" {

// A system call goes through stages; the architecture's first stage tells apart which is next: calls by what `entry`,
// the word of the capability slot, names. Label (rsi) and timeout (r8) are in the frame of `self`.

/// What only sends or only waits. Registers that the user ABI keeps are still live in the CPU. Returns the result tag
/// to go straight back to the caller, or ends in a later stage.
Word sys_other(Thread *self, Word tag, Word selector);

/// The common messages; all registers but the callee-saved are in the frame. They end in
/// arch::switch_with_message() or repeat_general().
Word sys_call_gate(Thread *self, Word tag, Word selector, Word entry);
Word sys_call_thread(Thread *self, Word tag, Word selector, Word entry);
Word sys_reply(Thread *self, Word tag, Word selector);
Word sys_trigger(Thread *self, Word tag, Word selector, Word entry);

/// The ways of sys_other() to sys_trigger(), sys_object() and sys_general(), and of the common messages to the last.
/// They never return.
Word enter_trigger(Thread *self, Word tag, Word selector, Word entry);
Word enter_object(Thread *self, Word tag, Word selector, Word entry);
Word enter_general(Thread *self, Word tag, Word selector);
Word repeat_general(Thread *self, Word tag, Word selector);

/// Last stage. The callee-saved registers of `self` are still live in the CPU (the C++ ABI
/// preserves them); all others that the user ABI keeps are in its frame. Result registers (rax, rsi)
/// are written to the frame. Returns `self` to go straight back, another thread to switch to, or
/// null: store the callee-saved registers, then ask schedule().
Thread *sys_general(Thread *self, Word tag, Word selector);
/// The same for a send or call that is for the object of the kernel that `entry` names.
Thread *sys_object(Thread *self, Word tag, Word selector, Word entry);
/// A call to a task, or to what was one.
Thread *sys_task(Thread *self, Word tag, Word selector, Word entry);

/// Exception or interrupt in user mode, complete frame stored (trap number, error code, fault
/// address in the frame). Never null.
Thread *handle_trap(Thread *self);

/// The thread this CPU should run now. Never null (the idle thread at least).
Thread *schedule();

/// Run the continuation of `self` (Thread::_resume, not null). Never null.
Thread *run_continuation(Thread *self);

/// Interrupts. Called from handle_trap's architecture part or, in idle and interrupt windows, from
/// kernel mode. They only change states and queues; who runs next is decided afterwards.
void handle_timer();
void handle_ipi();
void handle_irq(unsigned pin);
void handle_msi(unsigned msi);
void handle_console_input();
}

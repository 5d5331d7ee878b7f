// SPDX-License-Identifier: MIT
// What the debugger asks of the machine. Implemented in arch/<cpu>/jdb.
#pragma once

#include "types/types.h"

struct Frame;

namespace jdb::machine {

/// Before the first stop: NMIs lead to the debugger from now on.
void init();

/// Be the one CPU that runs the debugger; waits while another one does. False: this CPU is it
/// already.
bool acquire();
void release();
/// This CPU runs the debugger.
bool is_owner();

/// Stop every other CPU wherever it is, also with interrupts off. Each gets some time to come; one
/// that does not answer is left alone. Then let them go on.
void stop_others();
void resume_others();
/// Registers of a CPU that was stopped; null: it did not answer, or is the one that runs this.
Frame const *stopped_at(Cpu_id cpu);
/// Name and number that the hardware has for a CPU; which timer the kernel uses.
void print_hardware_id(Cpu_id cpu);
char const *timer_name();
/// CPUs keep the translations of spaces that are not loaded.
bool has_pcid();

/// Run `session` on a stack of its own. An exception in it starts it again from its beginning.
void run(void (*session)());
/// How often it was started again.
unsigned restarts();
/// `frame` belongs to an exception of the debugger: change it so that it goes on.
bool resume_own_exception(Frame &frame);

/// One byte, or -1 if nothing can be read there. Never faults.
int read_kernel(Word address);
int read_physical(Word address);
/// Code and data of the kernel itself.
bool is_kernel_text(Word address);
/// Walk the kernel's stack by its frame pointers: f(return address) until it returns false or the
/// chain ends.
void backtrace(Word frame_pointer, bool (*f)(Word return_address));
/// Where the stack of the exception frame goes on.
Word frame_pointer_of(Frame const &frame);

} // namespace jdb::machine

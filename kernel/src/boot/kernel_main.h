// SPDX-License-Identifier: MIT
// Where the architecture's start-up code hands over to the portable kernel.
#pragma once

#include "types/types.h"

class Cpu;
class Thread;

/// Make the object of a CPU: called once per CPU, in order of Cpu_id from 0, on the boot CPU when
/// kernel memory is ready. Starts with Cpu_entry_state, which the architecture fills in. Null: no
/// memory.
Cpu *create_cpu(Cpu_id id);

/// Start the portable kernel on the boot CPU. Memory, console, clock, timer and interrupts work;
/// interrupts are off. Leaves through arch::run(). `cpu`: this one; `cpus` were found, the others
/// come through kernel_main_cpu(); `kip`: the page that user space sees, complete.
[[noreturn]] void kernel_main(Cpu &cpu, unsigned cpus, Phys_addr kip);

/// The same on each further CPU, after kernel_main() let them go with start_other_cpus().
[[noreturn]] void kernel_main_cpu(Cpu &cpu);

namespace arch {

/// Start the other CPUs; each calls kernel_main_cpu(). Returns when all that answer are on their
/// way there. Called by kernel_main() when its own structures are ready for them.
void start_other_cpus();

/// Leave the start-up stack and run `first` (never null; the idle thread will do) as this CPU's
/// first.
[[noreturn]] void run(Thread *first);

} // namespace arch

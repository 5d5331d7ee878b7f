// SPDX-License-Identifier: MIT
// The kernel's invariants, walked by a program that may look at everything. A violation ends the process
// with a line that says what is wrong. Also part of tests/host/kernel_core.
#pragma once

class Task;

namespace fuzz {

/// A violated invariant: prints it and ends the process. The program that uses the checker defines it.
[[noreturn, gnu::format(printf, 1, 2)]] void fail(char const *format, ...);

// Both look at the objects that can be reached from the root task's capabilities, from task to task.

/// Ready queue, timeouts, sender queues, reply slots, transfers, references, interrupt pins: cheap.
void check_scheduling(Task &root);
/// Capability slots and their lists, page tables and mapping trees, quotas: all tasks.
void check_spaces(Task &root);

} // namespace fuzz

// SPDX-License-Identifier: MIT
// The kernel's invariants, walked by a program that may look at everything. A violation ends the process
// with a line that says what is wrong.
#pragma once

namespace fuzz {

/// Ready queue, timeouts, sender queues, reply slots, transfers, endpoints, interrupt pins: cheap.
void check_scheduling();
/// Capability slots and their lists, page tables and mapping trees, quotas: all tasks.
void check_spaces();

} // namespace fuzz

// SPDX-License-Identifier: MIT
// Start of the PC's devices.
#pragma once

namespace pc {

/// Interrupt controllers and firmware tables. Adds the ranges the kernel owns to the KIP.
/// Returns the number of usable CPUs.
unsigned init_platform();

} // namespace pc

// SPDX-License-Identifier: MIT
// CPU objects, and the way of the other CPUs into the kernel.
#pragma once

#include "types/types.h"

class Cpu;

namespace amd64 {

/// Make the boot CPU's Cpu and connect it to the entry code. Panics without memory.
Cpu &create_boot_cpu();

} // namespace amd64

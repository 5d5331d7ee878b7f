// SPDX-License-Identifier: MIT
// On the host nothing needs to be inline (arch/host/host.cc).
#pragma once

namespace arch {

Cpu &this_cpu();
u64 ticks();

} // namespace arch

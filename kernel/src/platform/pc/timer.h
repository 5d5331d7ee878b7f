// SPDX-License-Identifier: MIT
#pragma once

namespace pc {

/// The timer interrupt of this CPU has come.
void serve_timer();

} // namespace pc

// SPDX-License-Identifier: MIT
// From an interrupt vector to whom it concerns.
#pragma once

#include "types/types.h"

namespace pc {

/// Serve what raised `vector` (32 or above): call its handler in ipc/entry.h, end the interrupt.
void serve_interrupt(u8 vector);

} // namespace pc

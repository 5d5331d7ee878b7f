// SPDX-License-Identifier: MIT
// From an interrupt vector to whom it concerns.
#pragma once

#include "types/types.h"

namespace pc {

/// Map all I/O APICs, mask all pins, give pins their default mode. Adds their registers to the KIP.
void init_io_apics();

/// Serve what raised `vector` (32 or above): call its handler in ipc/entry.h, end the interrupt.
void serve_interrupt(u8 vector);

} // namespace pc

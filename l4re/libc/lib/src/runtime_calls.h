// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/types.h>

/**
 * \file
 * The few requests that the C library itself sends to its surroundings (l4re-protocols.md).
 *
 * Written out by hand: the C library stands below the client library of the runtime, and a program
 * that only prints should not carry the marshalling code of all interfaces.
 *
 * All functions preserve nothing of the message registers; results are 0 or a negative error.
 */

/// Keep `size` bytes of address space at or above `*start`.
long runtime_reserve_area(l4_addr_t *start, l4_size_t size);

/// Attach anonymous memory at `start` in an area.
/// \param name  of the region, less than 32 characters
long runtime_attach_memory(l4_addr_t start, l4_size_t size, char const *name);

/// Detach exactly the range, which may hold several regions.
long runtime_detach(l4_addr_t start, l4_size_t size);

/// Tell the parent that this process ended; returns only if the parent does not act on it.
void runtime_signal_exit(int status);

/// Register the signal entry (l4/re/itas.h).
long runtime_itas_signals(l4_addr_t entry, l4_addr_t return_ip, l4_addr_t record);

/// Ask for a trigger at a time of the kernel's clock, microseconds; ~0: never.
long runtime_itas_timer(l4_uint64_t time);

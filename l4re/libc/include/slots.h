/* SPDX-License-Identifier: MIT */
#pragma once

#include <l4/sys/types.h>

/**
 * \file
 * Capability slots of the C library itself.
 *
 * The library needs a few capabilities (semaphores for locks and for input) before and below any
 * allocator. At its start it takes `Libc_slots` slots from the environment's `first_free_cap`;
 * allocators that start later begin behind them.
 */

EXTERN_C_BEGIN

/// Number of slots that the library takes.
enum { Libc_slots = 1024 };

/// \return an empty slot, or L4_INVALID_CAP when all are in use. Safe to call from any thread.
l4_cap_idx_t libc_slot_alloc(void);

/// Give an empty slot back. Safe to call from any thread.
void libc_slot_free(l4_cap_idx_t slot);

/// Taken once by the start code.
void libc_slot_init(void);

EXTERN_C_END

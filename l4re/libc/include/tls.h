/* SPDX-License-Identifier: MIT */
#pragma once

#include <l4/sys/types.h>

/**
 * \file
 * Thread-local storage of a static program (x86-64 ABI, variant II: variables end below the word
 * that the FS base points to).
 *
 * A thread that calls the C library needs a block of its own: errno, the standard streams' state
 * and the thread's lock semaphore live there.
 */

EXTERN_C_BEGIN

/// Bytes that a block needs, for `libc_tls_init()`; 64 bytes aligned blocks are always right.
l4_size_t libc_tls_size(void);

/**
 * Fill in a block.
 *
 * \param block  memory of `libc_tls_size()` bytes, aligned to 64
 * \return value for the thread's FS base (thread operation "set segment base")
 */
l4_addr_t libc_tls_init(void *block);

/// Free what the library holds for the calling thread, at the end of its life: afterwards the
/// thread must not call the library any more, and its block may be reused.
void libc_thread_done(void);

EXTERN_C_END

/* SPDX-License-Identifier: MIT */
#pragma once

#include <l4/sys/types.h>

/**
 * \file
 * What a failed message means, in words.
 */

EXTERN_C_BEGIN

/**
 * Explain why a message could not be delivered or answered.
 *
 * \param cap     the capability it was sent to
 * \param tag     what the system call returned; call this before any other system call, since the
 *                reason lies in the thread's UTCB
 * \param buffer  receives the sentence, e.g. "capability 66 is empty: ..."
 * \param size    of the buffer; 160 characters hold every sentence
 * \return the IPC error, or 0 (and an empty text) if the message did not fail
 *
 * To tell an empty capability from a dead object the kernel is asked once more: the message
 * registers are overwritten.
 */
unsigned long l4_ipc_explain(l4_cap_idx_t cap, l4_msgtag_t tag, char *buffer, l4_size_t size);

/**
 * Stop the program if a message failed: says what and why on the log, then raises an exception, so
 * that the place is printed too. The process ends with status 134 (128 + SIGABRT).
 *
 * \param what  what the program was about to do, e.g. "ask the server for a number"
 * \return `tag`
 */
l4_msgtag_t l4_ipc_check(l4_cap_idx_t cap, l4_msgtag_t tag, char const *what);

EXTERN_C_END

// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/types.h>

EXTERN_C_BEGIN

/**
 * Value of rdi at the entry of the program: in sigma0 the physical address of the KIP, in moe 0.
 * (boot.md section 5)
 */
extern l4_umword_t libc_minimal_entry_arg;

/**
 * Write text to the log capability, in messages of at most 488 bytes.
 *
 * Errors are not reported: there is no other place for a message. The message registers of the
 * calling thread keep their contents.
 */
void libc_minimal_log(char const *text, l4_size_t length);

EXTERN_C_END

// SPDX-License-Identifier: MIT
/** Formatted output through the kernel debugger, for programs without a C library. */
#pragma once

#include <l4/sys/compiler.h>

L4_BEGIN_DECLS

/**
 * Print at most 255 characters.
 * \param fmt  As for printf: %d %i %u %x %X %p %s %c %%, with the flags 0 and -, a width (also *),
 *             and the lengths hh h l ll z.
 * \return number of characters printed
 */
L4_CV int l4_kprintf(char const *fmt, ...) L4_NOTHROW __attribute__((format(printf, 1, 2)));

L4_END_DECLS

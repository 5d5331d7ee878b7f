// SPDX-License-Identifier: MIT
/** Numbers for people. */
#pragma once

#include <l4/sys/compiler.h>

L4_BEGIN_DECLS

/**
 * Write a size with its unit: "12 B", "1.5 KiB", "3.25 GiB" (at most two decimals, cut off).
 * \param buf  `len` bytes; the text ends with a zero if `len` is not 0.
 * \return characters of the whole text, as snprintf does
 */
L4_CV int l4util_human_readable_size(char *buf, int len, unsigned long long val) L4_NOTHROW;

L4_END_DECLS

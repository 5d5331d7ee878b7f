// SPDX-License-Identifier: MIT
/** Base64 encoding (RFC 4648). */
#pragma once

#include <l4/sys/compiler.h>

L4_BEGIN_DECLS

/**
 * Encode `in_size` bytes.
 * \param out  Receives 4 * ceil(in_size / 3) characters and a zero.
 */
L4_CV void base64_encode(char const *in, unsigned in_size, char *out) L4_NOTHROW;

/**
 * Decode; characters outside of the alphabet are skipped, `=` ends it.
 * \param out  Room for 3 * in_size / 4 bytes.
 * \return Number of bytes.
 */
L4_CV int base64_decode(char const *in, unsigned in_size, char *out) L4_NOTHROW;

L4_END_DECLS

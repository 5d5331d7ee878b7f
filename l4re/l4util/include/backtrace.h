// SPDX-License-Identifier: MIT
/** Return addresses on the stack, for code that keeps frame pointers. */
#pragma once

#include <l4/sys/compiler.h>

L4_BEGIN_DECLS

/**
 * \param[out] pc_array  Receives up to `max_len` addresses, innermost first.
 * \return Number of addresses. The walk ends at the first frame that does not lie above the last.
 */
L4_CV int l4util_backtrace(void **pc_array, int max_len) L4_NOTHROW;

L4_END_DECLS

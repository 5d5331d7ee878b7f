// SPDX-License-Identifier: MIT
/** The program's allocator of capability slots; see <l4/re/util/cap_alloc>. */
#pragma once

#include <l4/sys/types.h>

L4_BEGIN_DECLS

/** A free slot, or an invalid selector. */
L4_CV l4_cap_idx_t l4re_util_cap_alloc(void) L4_NOTHROW;
/** Give a slot back that is empty already. */
L4_CV void l4re_util_cap_free(l4_cap_idx_t cap) L4_NOTHROW;
/** Empty a slot and give it back. */
L4_CV void l4re_util_cap_free_um(l4_cap_idx_t cap) L4_NOTHROW;
/** Index behind the last slot of the allocator. */
L4_CV long l4re_util_cap_last(void) L4_NOTHROW;

L4_END_DECLS

// SPDX-License-Identifier: MIT
/** Allocation of kernel-user memory; see <l4/re/util/kumem_alloc>. */
#pragma once

#include <l4/sys/types.h>

L4_BEGIN_DECLS

/** Add 2^`pages_order` pages to `task`, in an area of `rm`. */
L4_CV int l4re_util_kumem_alloc(l4_addr_t *mem, unsigned pages_order, l4_cap_idx_t task,
                                l4_cap_idx_t rm) L4_NOTHROW;

L4_END_DECLS

// SPDX-License-Identifier: MIT
/** The loader of the program; see <l4/re/parent>. */
#pragma once

#include <l4/sys/types.h>

L4_BEGIN_DECLS

L4_CV long l4re_parent_signal(l4_cap_idx_t parent, unsigned long sig, unsigned long val) L4_NOTHROW;

L4_END_DECLS

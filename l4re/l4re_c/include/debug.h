// SPDX-License-Identifier: MIT
/** Debug output of a server; see <l4/re/debug>. */
#pragma once

#include <l4/sys/types.h>

L4_BEGIN_DECLS

L4_CV long l4re_debug_obj_debug(l4_cap_idx_t srv, unsigned long function) L4_NOTHROW;

L4_END_DECLS

// SPDX-License-Identifier: MIT
/** Inhibitor locks; see <l4/re/inhibitor>. */
#pragma once

#include <l4/sys/types.h>

L4_BEGIN_DECLS

L4_CV long l4re_inhibitor_acquire(l4_cap_idx_t mutex, l4_umword_t id,
                                  char const *reason) L4_NOTHROW;
L4_CV long l4re_inhibitor_release(l4_cap_idx_t mutex, l4_umword_t id) L4_NOTHROW;
/** \param current_id  -1 for the first one. \return Next id, -L4_ENODEV at the end. */
L4_CV long l4re_inhibitor_next_lock_info(l4_cap_idx_t mutex, char *name, unsigned len,
                                         l4_mword_t current_id) L4_NOTHROW;

L4_END_DECLS

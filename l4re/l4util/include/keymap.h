// SPDX-License-Identifier: MIT
/** Characters of keys, for a keyboard as in the USA. */
#pragma once

#include <l4/sys/compiler.h>

L4_BEGIN_DECLS

/**
 * \param key    L4RE_KEY_* (or the number of Linux, which is the same).
 * \param shift  Not 0 while a shift key is pressed.
 * \return the character, or 0 for keys without one
 */
L4_CV int l4util_map_event_to_keymap(unsigned key, unsigned shift) L4_NOTHROW;

L4_END_DECLS

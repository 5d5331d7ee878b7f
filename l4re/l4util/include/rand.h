// SPDX-License-Identifier: MIT
/** Pseudo random numbers; not for secrets. */
#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/l4int.h>

#define L4_RAND_MAX 65535

L4_BEGIN_DECLS

/** 0 .. L4_RAND_MAX */
L4_CV l4_uint32_t l4util_rand(void) L4_NOTHROW;
L4_CV void l4util_srand(l4_uint32_t seed) L4_NOTHROW;

L4_END_DECLS

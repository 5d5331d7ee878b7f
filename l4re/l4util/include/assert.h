// SPDX-License-Identifier: MIT
/** Assertion that stops in the kernel debugger. */
#pragma once

#include <l4/sys/kdebug.h>

#ifdef NDEBUG
#define ASSERT_VALID(x) ((void)(x))
#define ASSERT_EQUAL(x, y) ((void)((x) == (y)))
#else
#define ASSERT_VALID(x)                                                                            \
  do {                                                                                             \
    if (!(x)) l4_kd_enter("ASSERT " #x " in " __FILE__ ":" L4_stringify(__LINE__));                \
  } while (0)
#define ASSERT_EQUAL(x, y) ASSERT_VALID((x) == (y))
#endif

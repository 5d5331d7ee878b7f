// SPDX-License-Identifier: MIT
/** Assertions for code below the C library. */
#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/thread.h>
#include <l4/sys/vcon.h>

/** Abort unless `expr` holds; vanishes with NDEBUG. */
#ifdef NDEBUG
#define l4_assert(expr) ((void)(expr))
#else
#define l4_assert(expr)                                                                            \
  l4_assert_fn(!!(expr), __FILE__ ":" L4_stringify(__LINE__) ": Assertion '" #expr "' failed.\n")
#endif

/** Abort unless `expr` holds; evaluated and checked in every build. */
#define l4_check(expr)                                                                             \
  l4_assert_fn(!!(expr), __FILE__ ":" L4_stringify(__LINE__) ": Check '" #expr "' failed.\n")

L4_BEGIN_DECLS

/** Print `text` on the log and raise an exception in the calling thread. */
L4_NORETURN L4_INLINE void l4_assert_abort(char const *text) L4_NOTHROW
{
  l4_vcon_write(L4_BASE_LOG_CAP, text, (unsigned)__builtin_strlen(text));
  for (;;)
    l4_thread_ex_regs(L4_INVALID_CAP, ~0UL, ~0UL, L4_THREAD_EX_REGS_TRIGGER_EXCEPTION);
}

L4_INLINE void l4_assert_fn(int ok, char const *text) L4_NOTHROW
{
  if (L4_UNLIKELY(!ok)) l4_assert_abort(text);
}

L4_END_DECLS

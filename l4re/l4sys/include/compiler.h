// SPDX-License-Identifier: MIT
/**
 * Language and compiler helpers that every C and C++ header of L4Re is written with.
 * Everything that takes part in a declaration expands to something valid in both languages.
 */
#pragma once

#include <l4/sys/linkage.h>

#ifdef __cplusplus
#define EXTERN_C extern "C"
#define EXTERN_C_BEGIN extern "C" {
#define EXTERN_C_END }
#define L4_DEFAULT_PARAM(x) = x
#define L4_CONSTEXPR constexpr
#define L4_NOTHROW noexcept
#define L4_INLINE inline
#define L4_NORETURN [[noreturn]]
#else
#define EXTERN_C
#define EXTERN_C_BEGIN
#define EXTERN_C_END
#define L4_DEFAULT_PARAM(x)
#define L4_CONSTEXPR
#define L4_NOTHROW
#define L4_INLINE static inline
#define L4_NORETURN __attribute__((noreturn))
#endif

#define L4_BEGIN_DECLS EXTERN_C_BEGIN
#define L4_END_DECLS EXTERN_C_END

#define L4_ALWAYS_INLINE L4_INLINE __attribute__((always_inline))
#define L4_PURE __attribute__((pure))
#define L4_NOINSTRUMENT __attribute__((no_instrument_function))

/** Visibility of symbols in shared objects. */
#define L4_HIDDEN __attribute__((visibility("hidden")))
#define L4_EXPORT __attribute__((visibility("default")))
#ifdef __cplusplus
#define L4_EXPORT_TYPE __attribute__((visibility("default")))
#else
#define L4_EXPORT_TYPE
#endif

#define L4_STRONG_ALIAS(name, aliasname)                                                           \
  extern __typeof(name) aliasname __attribute__((alias(#name)));
#define L4_WEAK_ALIAS(name, aliasname)                                                             \
  extern __typeof(name) aliasname __attribute__((weak, alias(#name)));

/** Stack alignment, in bytes, that the psABI demands at a call instruction. */
#define L4_STACK_ALIGN 16

#define L4_LIKELY(x) __builtin_expect(!!(x), 1)
#define L4_UNLIKELY(x) __builtin_expect(!!(x), 0)

/** Keep a symbol although the compiler sees no use of it. */
#define L4_STICKY(x) __attribute__((used)) x

#define L4_DEPRECATED(s) __attribute__((deprecated(s)))

#define L4_stringify_helper(x) #x
#define L4_stringify(x) L4_stringify_helper(x)

#ifdef __has_builtin
#define L4_HAS_BUILTIN(builtin) __has_builtin(builtin)
#else
#define L4_HAS_BUILTIN(builtin) 0
#endif

/** Run `func` before main(); a smaller `prio` (101 and above) runs earlier. */
#define L4_DECLARE_CONSTRUCTOR(func, prio)                                                         \
  static __attribute__((constructor(prio), used)) void func##_ctor_func(void)                      \
  {                                                                                                \
    func();                                                                                        \
  }

L4_BEGIN_DECLS

/** Compiler barrier: no memory access moves across it at compile time. */
L4_ALWAYS_INLINE void l4_barrier(void) L4_NOTHROW;
/** Full memory barrier. */
L4_ALWAYS_INLINE void l4_mb(void) L4_NOTHROW;
/** Write memory barrier: stores before it are visible before stores behind it. */
L4_ALWAYS_INLINE void l4_wmb(void) L4_NOTHROW;

/** Loop for ever. */
L4_NORETURN L4_INLINE void l4_infinite_loop(void) L4_NOTHROW;

/**
 * Lay out a new stack for a function that is entered by a jump instead of a call.
 * \param stack  Upper end of the usable stack.
 * \return Stack pointer at which the function finds the alignment a call would have left.
 */
L4_ALWAYS_INLINE unsigned long l4_align_stack_for_direct_fncall(unsigned long stack) L4_NOTHROW;

L4_ALWAYS_INLINE void l4_barrier(void) L4_NOTHROW
{
  __asm__ __volatile__("" : : : "memory");
}

L4_ALWAYS_INLINE void l4_mb(void) L4_NOTHROW
{
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

L4_ALWAYS_INLINE void l4_wmb(void) L4_NOTHROW
{
  __atomic_thread_fence(__ATOMIC_RELEASE);
}

L4_NORETURN L4_INLINE void l4_infinite_loop(void) L4_NOTHROW
{
  for (;;)
    l4_barrier();
}

L4_ALWAYS_INLINE unsigned long l4_align_stack_for_direct_fncall(unsigned long stack) L4_NOTHROW
{
  /* A call leaves the return address on an aligned stack. */
  return (stack & ~(L4_STACK_ALIGN - 1UL)) - sizeof(void (*)(void));
}

L4_END_DECLS

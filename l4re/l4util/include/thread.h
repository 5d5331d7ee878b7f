// SPDX-License-Identifier: MIT
/** Threads without a thread library: create, bind and start one in a single call. */
#pragma once

#include <l4/sys/scheduler.h>
#include <l4/sys/types.h>
#include <l4/sys/utcb.h>

L4_BEGIN_DECLS

/**
 * Create a thread and start it.
 * \param thread_cap   Free capability slot.
 * \param thread_utcb  A UTCB of `task` that nobody uses.
 * \param pager        Also the exception handler.
 * \param scp          Priority and CPUs.
 * \return 0 or a negated error code; then the slot is empty again
 */
L4_CV long l4util_create_thread(l4_cap_idx_t thread_cap, l4_utcb_t *thread_utcb,
                                l4_cap_idx_t factory, l4_umword_t pc, l4_umword_t sp,
                                l4_cap_idx_t pager, l4_cap_idx_t task, l4_cap_idx_t scheduler,
                                l4_sched_param_t scp) L4_NOTHROW;

L4_END_DECLS

/**
 * Head of a function that a thread starts in. It is entered by a jump with any stack pointer, and
 * must not return:
 *
 *   L4UTIL_THREAD_STATIC_FUNC(worker)
 *   {
 *     for (;;) ...
 *   }
 */
#define __L4UTIL_THREAD_FUNC(name, visibility)                                                     \
  EXTERN_C void name(void);                                                                        \
  __asm__(".pushsection .text." #name ", \"ax\", @progbits\n" visibility "\n"                      \
          ".type " #name ", @function\n" #name ":\n"                                               \
          "  xor %ebp, %ebp\n  and $-16, %rsp\n  call " #name "_worker_function\n  ud2\n"          \
          ".size " #name ", . - " #name "\n.popsection");                                          \
  EXTERN_C __attribute__((noreturn, used)) void name##_worker_function(void);                      \
  void name##_worker_function(void)

#define L4UTIL_THREAD_FUNC(name) __L4UTIL_THREAD_FUNC(name, ".globl " #name)
/** The name is known in this file only. */
#define L4UTIL_THREAD_STATIC_FUNC(name) __L4UTIL_THREAD_FUNC(name, ".local " #name)

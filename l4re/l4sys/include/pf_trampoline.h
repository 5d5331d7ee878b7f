// SPDX-License-Identifier: MIT
/**
 * Page-fault trampoline: page faults of a thread are handled by code of its own task
 * (kernel-objects.md section 3). Offered by kernels with the feature `pf_tramp`.
 */
#pragma once

#include <l4/sys/thread.h>

/** Registers at the fault; layout of l4_exc_regs_t without the segment words. */
typedef struct l4_pf_trampoline_regs_t {
  l4_umword_t r15, r14, r13, r12, r11, r10, r9, r8;
  l4_umword_t rdi, rsi, rbp, pfa, rbx, rdx, rcx, rax;
  l4_umword_t trapno, err, ip, cs, flags, sp, ss;
} l4_pf_trampoline_regs_t;

enum L4_pf_trampoline_flags {
  L4_PF_TRAMPOLINE_F_IN_PROGRESS = 1,
  /** Raise exception 0xff after the resume. */
  L4_PF_TRAMPOLINE_F_TRIGGER_EXCEPTION = 2,
};

/** State area; it lies in kernel-user memory. */
typedef struct l4_pf_trampoline_t {
  /** Entered with rdi = this structure, rsi = fault word of the page-fault protocol. */
  l4_umword_t handler_ip;
  l4_umword_t user_data[2];
  l4_umword_t saved_mr0;
  l4_umword_t flags;
  l4_pf_trampoline_regs_t state;
} l4_pf_trampoline_t;

L4_BEGIN_DECLS

/** Set the state area and enable the trampoline. */
L4_INLINE l4_msgtag_t l4_thread_pf_trampoline_setup_u(l4_cap_idx_t thread, l4_addr_t trampoline,
                                                      l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_thread_call_word(thread, L4_THREAD_PF_TRAMP_CONTROL_OP_SETUP, trampoline, utcb);
}

L4_INLINE l4_msgtag_t l4_thread_pf_trampoline_setup(l4_cap_idx_t thread,
                                                    l4_addr_t trampoline) L4_NOTHROW
{
  return l4_thread_pf_trampoline_setup_u(thread, trampoline, l4_utcb());
}

/** Load the saved state; returns only on an error. */
L4_INLINE l4_msgtag_t l4_thread_pf_trampoline_resume_u(l4_cap_idx_t thread,
                                                       l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_thread_call_op(thread, L4_THREAD_PF_TRAMP_CONTROL_OP_RESUME, utcb);
}

L4_INLINE l4_msgtag_t l4_thread_pf_trampoline_resume(l4_cap_idx_t thread) L4_NOTHROW
{
  return l4_thread_pf_trampoline_resume_u(thread, l4_utcb());
}

/** As resume, but raise the fault as an exception. */
L4_INLINE l4_msgtag_t l4_thread_pf_trampoline_reflect_u(l4_cap_idx_t thread,
                                                        l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_thread_call_op(thread, L4_THREAD_PF_TRAMP_CONTROL_OP_REFLECT, utcb);
}

L4_INLINE l4_msgtag_t l4_thread_pf_trampoline_reflect(l4_cap_idx_t thread) L4_NOTHROW
{
  return l4_thread_pf_trampoline_reflect_u(thread, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_thread_pf_trampoline_enable_u(l4_cap_idx_t thread,
                                                       l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_thread_call_op(thread, L4_THREAD_PF_TRAMP_CONTROL_OP_ENABLE, utcb);
}

L4_INLINE l4_msgtag_t l4_thread_pf_trampoline_enable(l4_cap_idx_t thread) L4_NOTHROW
{
  return l4_thread_pf_trampoline_enable_u(thread, l4_utcb());
}

/** \param[out] was_enabled  Written on success. */
L4_INLINE l4_msgtag_t l4_thread_pf_trampoline_disable_u(l4_cap_idx_t thread, int *was_enabled,
                                                        l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msgtag_t result = __l4_thread_call_op(thread, L4_THREAD_PF_TRAMP_CONTROL_OP_DISABLE, utcb);
  if (l4_error_u(result, utcb) >= 0) *was_enabled = l4_utcb_mr_u(utcb)->mr[0] != 0;
  return result;
}

L4_INLINE l4_msgtag_t l4_thread_pf_trampoline_disable(l4_cap_idx_t thread,
                                                      int *was_enabled) L4_NOTHROW
{
  return l4_thread_pf_trampoline_disable_u(thread, was_enabled, l4_utcb());
}

L4_END_DECLS

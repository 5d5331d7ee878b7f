// SPDX-License-Identifier: MIT
/** Virtual-CPU operations of threads (kernel-objects.md section 3); part of thread.h. */
#pragma once

#include <l4/sys/thread.h>

L4_BEGIN_DECLS

/** Begin a resume message; map items for the user task may be appended. */
L4_INLINE l4_msgtag_t l4_thread_vcpu_resume_start_u(l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = L4_THREAD_VCPU_RESUME_OP;
  return l4_msgtag(L4_PROTO_THREAD, 1, 0, 0);
}

L4_INLINE l4_msgtag_t l4_thread_vcpu_resume_start(void) L4_NOTHROW
{
  return l4_thread_vcpu_resume_start_u(l4_utcb());
}

/** Continue at the saved state; `thread` must be the caller. */
L4_INLINE l4_msgtag_t l4_thread_vcpu_resume_commit_u(l4_cap_idx_t thread, l4_msgtag_t tag,
                                                     l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_ipc_call(thread, utcb, tag, L4_IPC_NEVER);
}

L4_INLINE l4_msgtag_t l4_thread_vcpu_resume_commit(l4_cap_idx_t thread, l4_msgtag_t tag) L4_NOTHROW
{
  return l4_thread_vcpu_resume_commit_u(thread, tag, l4_utcb());
}

/** Enable vCPU mode; `vcpu_state` lies in kernel-user memory of the thread's task. */
L4_INLINE l4_msgtag_t l4_thread_vcpu_control_u(l4_cap_idx_t thread, l4_addr_t vcpu_state,
                                               l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_thread_call_word(thread, L4_THREAD_VCPU_CONTROL_OP, vcpu_state, utcb);
}

L4_INLINE l4_msgtag_t l4_thread_vcpu_control(l4_cap_idx_t thread, l4_addr_t vcpu_state) L4_NOTHROW
{
  return l4_thread_vcpu_control_u(thread, vcpu_state, l4_utcb());
}

/** Enable the extended mode for virtual machines (a page of state). */
L4_INLINE l4_msgtag_t l4_thread_vcpu_control_ext_u(l4_cap_idx_t thread, l4_addr_t ext_vcpu_state,
                                                   l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_thread_call_word(thread, L4_THREAD_VCPU_CONTROL_EXT_OP, ext_vcpu_state, utcb);
}

L4_INLINE l4_msgtag_t l4_thread_vcpu_control_ext(l4_cap_idx_t thread,
                                                 l4_addr_t ext_vcpu_state) L4_NOTHROW
{
  return l4_thread_vcpu_control_ext_u(thread, ext_vcpu_state, l4_utcb());
}

L4_END_DECLS

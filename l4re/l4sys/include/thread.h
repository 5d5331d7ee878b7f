// SPDX-License-Identifier: MIT
/** Thread operations (kernel-objects.md section 3). */
#pragma once

#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <l4/sys/ipc.h>

enum L4_thread_ops {
  L4_THREAD_CONTROL_OP = 0,
  L4_THREAD_EX_REGS_OP = 1,
  L4_THREAD_SWITCH_OP = 2,
  L4_THREAD_STATS_OP = 3,
  L4_THREAD_VCPU_RESUME_OP = 4,
  L4_THREAD_REGISTER_DELETE_IRQ_OP = 5,
  L4_THREAD_MODIFY_SENDER_OP = 6,
  L4_THREAD_VCPU_CONTROL_OP = 7,
  L4_THREAD_VCPU_CONTROL_EXT_OP = L4_THREAD_VCPU_CONTROL_OP | 0x10000,
  L4_THREAD_REGISTER_DOORBELL_IRQ_OP = 8,
  L4_THREAD_PF_TRAMP_CONTROL_OP = 9,
  L4_THREAD_X86_GDT_OP = 0x10,
  L4_THREAD_ARM_TPIDRURO_OP = 0x10,
  L4_THREAD_AMD64_SET_SEGMENT_BASE_OP = 0x12,
  L4_THREAD_AMD64_GET_SEGMENT_INFO_OP = 0x13,
  L4_THREAD_OPCODE_MASK = 0xffff,
};

enum L4_thread_control_flags {
  L4_THREAD_CONTROL_SET_PAGER = 0x0010000,
  L4_THREAD_CONTROL_BIND_TASK = 0x0200000,
  L4_THREAD_CONTROL_ALIEN = 0x0400000,
  L4_THREAD_CONTROL_SET_EXC_HANDLER = 0x1000000,
};

/** Places of the control arguments in the message registers. */
enum L4_thread_control_mr_indices {
  L4_THREAD_CONTROL_MR_IDX_FLAGS = 0,
  L4_THREAD_CONTROL_MR_IDX_PAGER = 1,
  L4_THREAD_CONTROL_MR_IDX_EXC_HANDLER = 2,
  L4_THREAD_CONTROL_MR_IDX_FLAG_VALS = 4,
  L4_THREAD_CONTROL_MR_IDX_BIND_UTCB = 5,
  L4_THREAD_CONTROL_MR_IDX_BIND_TASK = 6,
};

enum L4_thread_ex_regs_flags {
  /** Abort a running or blocked operation of the thread. */
  L4_THREAD_EX_REGS_CANCEL = 0x10000UL,
  /** Raise an exception (trap 0xff) before the next user instruction. */
  L4_THREAD_EX_REGS_TRIGGER_EXCEPTION = 0x20000UL,
  L4_THREAD_EX_REGS_ARCH_MASK = 0xff000000UL,
};

enum L4_thread_pf_tramp_control_ops {
  L4_THREAD_PF_TRAMP_CONTROL_OP_SETUP = L4_THREAD_PF_TRAMP_CONTROL_OP,
  L4_THREAD_PF_TRAMP_CONTROL_OP_RESUME = L4_THREAD_PF_TRAMP_CONTROL_OP | 0x10000,
  L4_THREAD_PF_TRAMP_CONTROL_OP_REFLECT = L4_THREAD_PF_TRAMP_CONTROL_OP | 0x20000,
  L4_THREAD_PF_TRAMP_CONTROL_OP_DISABLE = L4_THREAD_PF_TRAMP_CONTROL_OP | 0x30000,
  L4_THREAD_PF_TRAMP_CONTROL_OP_ENABLE = L4_THREAD_PF_TRAMP_CONTROL_OP | 0x40000,
};

L4_BEGIN_DECLS

/** Call a thread operation whose message is complete. */
L4_INLINE l4_msgtag_t __l4_thread_call(l4_cap_idx_t thread, unsigned words, unsigned items,
                                       l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_ipc_call(thread, utcb, l4_msgtag(L4_PROTO_THREAD, words, items, 0), L4_IPC_NEVER);
}

/** Call a thread operation without arguments. */
L4_INLINE l4_msgtag_t __l4_thread_call_op(l4_cap_idx_t thread, l4_umword_t op,
                                          l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = op;
  return __l4_thread_call(thread, 1, 0, utcb);
}

/** Call a thread operation with one word. */
L4_INLINE l4_msgtag_t __l4_thread_call_word(l4_cap_idx_t thread, l4_umword_t op, l4_umword_t arg,
                                            l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = op;
  l4_utcb_mr_u(utcb)->mr[1] = arg;
  return __l4_thread_call(thread, 2, 0, utcb);
}

/** Call a thread operation with one capability. */
L4_INLINE l4_msgtag_t __l4_thread_call_cap(l4_cap_idx_t thread, l4_umword_t op, l4_cap_idx_t cap,
                                           l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = op;
  __l4_cap_argument(l4_utcb_mr_u(utcb), 1, cap);
  return __l4_thread_call(thread, 1, 1, utcb);
}

/**
 * Set instruction and stack pointer (~0: keep), or start a new thread.
 * \param flags  L4_thread_ex_regs_flags.
 */
L4_INLINE l4_msgtag_t l4_thread_ex_regs_u(l4_cap_idx_t thread, l4_addr_t ip, l4_addr_t sp,
                                          l4_umword_t flags, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_THREAD_EX_REGS_OP | flags;
  m->mr[1] = ip;
  m->mr[2] = sp;
  return __l4_thread_call(thread, 3, 0, utcb);
}

L4_INLINE l4_msgtag_t l4_thread_ex_regs(l4_cap_idx_t thread, l4_addr_t ip, l4_addr_t sp,
                                        l4_umword_t flags) L4_NOTHROW
{
  return l4_thread_ex_regs_u(thread, ip, sp, flags, l4_utcb());
}

/** As l4_thread_ex_regs_u(); on success the arguments become the old values. */
L4_INLINE l4_msgtag_t l4_thread_ex_regs_ret_u(l4_cap_idx_t thread, l4_addr_t *ip, l4_addr_t *sp,
                                              l4_umword_t *flags, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msgtag_t result = l4_thread_ex_regs_u(thread, *ip, *sp, *flags, utcb);
  if (l4_error_u(result, utcb) >= 0) {
    *flags = l4_utcb_mr_u(utcb)->mr[0];
    *ip = l4_utcb_mr_u(utcb)->mr[1];
    *sp = l4_utcb_mr_u(utcb)->mr[2];
  }
  return result;
}

L4_INLINE l4_msgtag_t l4_thread_ex_regs_ret(l4_cap_idx_t thread, l4_addr_t *ip, l4_addr_t *sp,
                                            l4_umword_t *flags) L4_NOTHROW
{
  return l4_thread_ex_regs_ret_u(thread, ip, sp, flags, l4_utcb());
}

/** Begin a control message; add settings, then commit. Nothing may use the UTCB in between. */
L4_INLINE void l4_thread_control_start_u(l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[L4_THREAD_CONTROL_MR_IDX_FLAGS] = L4_THREAD_CONTROL_OP;
  m->mr[L4_THREAD_CONTROL_MR_IDX_FLAG_VALS] = 0;
}

L4_INLINE void l4_thread_control_start(void) L4_NOTHROW
{
  l4_thread_control_start_u(l4_utcb());
}

/** Set the pager; the selector is looked up in the thread's task at each fault. */
L4_INLINE void l4_thread_control_pager_u(l4_cap_idx_t pager, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[L4_THREAD_CONTROL_MR_IDX_FLAGS] |= L4_THREAD_CONTROL_SET_PAGER;
  m->mr[L4_THREAD_CONTROL_MR_IDX_PAGER] = pager;
}

L4_INLINE void l4_thread_control_pager(l4_cap_idx_t pager) L4_NOTHROW
{
  l4_thread_control_pager_u(pager, l4_utcb());
}

/** Set the exception handler; looked up as the pager is. */
L4_INLINE void l4_thread_control_exc_handler_u(l4_cap_idx_t exc_handler, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[L4_THREAD_CONTROL_MR_IDX_FLAGS] |= L4_THREAD_CONTROL_SET_EXC_HANDLER;
  m->mr[L4_THREAD_CONTROL_MR_IDX_EXC_HANDLER] = exc_handler;
}

L4_INLINE void l4_thread_control_exc_handler(l4_cap_idx_t exc_handler) L4_NOTHROW
{
  l4_thread_control_exc_handler_u(exc_handler, l4_utcb());
}

/** Bind to a task (S right needed) with a UTCB in that task's kernel-user memory. */
L4_INLINE void l4_thread_control_bind_u(l4_utcb_t *thread_utcb, l4_cap_idx_t task,
                                        l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[L4_THREAD_CONTROL_MR_IDX_FLAGS] |= L4_THREAD_CONTROL_BIND_TASK;
  m->mr[L4_THREAD_CONTROL_MR_IDX_BIND_UTCB] = (l4_addr_t)thread_utcb;
  __l4_cap_argument(m, L4_THREAD_CONTROL_MR_IDX_BIND_TASK, task);
}

L4_INLINE void l4_thread_control_bind(l4_utcb_t *thread_utcb, l4_cap_idx_t task) L4_NOTHROW
{
  l4_thread_control_bind_u(thread_utcb, task, l4_utcb());
}

/** Switch alien mode: system calls and page faults become exceptions. */
L4_INLINE void l4_thread_control_alien_u(l4_utcb_t *utcb, int on) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[L4_THREAD_CONTROL_MR_IDX_FLAGS] |= L4_THREAD_CONTROL_ALIEN;
  m->mr[L4_THREAD_CONTROL_MR_IDX_FLAG_VALS] |= on ? L4_THREAD_CONTROL_ALIEN : 0;
}

L4_INLINE void l4_thread_control_alien(int on) L4_NOTHROW
{
  l4_thread_control_alien_u(l4_utcb(), on);
}

/** Send the control message (S right needed); an error changes nothing. */
L4_INLINE l4_msgtag_t l4_thread_control_commit_u(l4_cap_idx_t thread, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_umword_t flags = l4_utcb_mr_u(utcb)->mr[L4_THREAD_CONTROL_MR_IDX_FLAGS];
  return __l4_thread_call(thread, 6, flags & L4_THREAD_CONTROL_BIND_TASK ? 1 : 0, utcb);
}

L4_INLINE l4_msgtag_t l4_thread_control_commit(l4_cap_idx_t thread) L4_NOTHROW
{
  return l4_thread_control_commit_u(thread, l4_utcb());
}

/** Give up the rest of the time slice. */
L4_INLINE l4_msgtag_t l4_thread_yield(void) L4_NOTHROW
{
  l4_ipc_receive(L4_INVALID_CAP, 0, L4_IPC_BOTH_TIMEOUT_0);
  return l4_msgtag(0, 0, 0, 0);
}

/** Run `to_thread` on the caller's time slice. */
L4_INLINE l4_msgtag_t l4_thread_switch_u(l4_cap_idx_t to_thread, l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_thread_call_op(to_thread, L4_THREAD_SWITCH_OP, utcb);
}

L4_INLINE l4_msgtag_t l4_thread_switch(l4_cap_idx_t to_thread) L4_NOTHROW
{
  return l4_thread_switch_u(to_thread, l4_utcb());
}

/** CPU time consumed so far, microseconds; written on success only. */
L4_INLINE l4_msgtag_t l4_thread_stats_time_u(l4_cap_idx_t thread, l4_kernel_clock_t *us,
                                             l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msgtag_t result = __l4_thread_call_op(thread, L4_THREAD_STATS_OP, utcb);
  if (l4_error_u(result, utcb) >= 0) *us = l4_utcb_mr_u(utcb)->mr64[0];
  return result;
}

L4_INLINE l4_msgtag_t l4_thread_stats_time(l4_cap_idx_t thread, l4_kernel_clock_t *us) L4_NOTHROW
{
  return l4_thread_stats_time_u(thread, us, l4_utcb());
}

/** The interrupt is triggered when a gate bound to the thread is deleted (W right on `irq`). */
L4_INLINE l4_msgtag_t l4_thread_register_del_irq_u(l4_cap_idx_t thread, l4_cap_idx_t irq,
                                                   l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_thread_call_cap(thread, L4_THREAD_REGISTER_DELETE_IRQ_OP, irq, utcb);
}

L4_INLINE l4_msgtag_t l4_thread_register_del_irq(l4_cap_idx_t thread, l4_cap_idx_t irq) L4_NOTHROW
{
  return l4_thread_register_del_irq_u(thread, irq, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_thread_register_doorbell_irq_u(l4_cap_idx_t thread, l4_cap_idx_t irq,
                                                        l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_thread_call_cap(thread, L4_THREAD_REGISTER_DOORBELL_IRQ_OP, irq, utcb);
}

L4_INLINE l4_msgtag_t l4_thread_register_doorbell_irq(l4_cap_idx_t thread,
                                                      l4_cap_idx_t irq) L4_NOTHROW
{
  return l4_thread_register_doorbell_irq_u(thread, irq, l4_utcb());
}

/** Begin rewriting the labels of queued senders. */
L4_INLINE l4_msgtag_t l4_thread_modify_sender_start_u(l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = L4_THREAD_MODIFY_SENDER_OP;
  return l4_msgtag(L4_PROTO_THREAD, 1, 0, 0);
}

L4_INLINE l4_msgtag_t l4_thread_modify_sender_start(void) L4_NOTHROW
{
  return l4_thread_modify_sender_start_u(l4_utcb());
}

/**
 * Add a rule: if (label & match_mask) == match then label = (label & ~del_bits) | add_bits.
 * The first rule that matches applies.
 * \retval 0           Done.
 * \retval -L4_ENOMEM  No room for a further rule.
 */
L4_INLINE int l4_thread_modify_sender_add_u(l4_umword_t match_mask, l4_umword_t match,
                                            l4_umword_t del_bits, l4_umword_t add_bits,
                                            l4_msgtag_t *tag, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  unsigned w = l4_msgtag_words(*tag);

  if (w + 4 > L4_UTCB_GENERIC_DATA_SIZE) return -L4_ENOMEM;
  m->mr[w] = match_mask;
  m->mr[w + 1] = match;
  m->mr[w + 2] = del_bits;
  m->mr[w + 3] = add_bits;
  *tag = l4_msgtag(l4_msgtag_label(*tag), w + 4, l4_msgtag_items(*tag), l4_msgtag_flags(*tag));
  return 0;
}

L4_INLINE int l4_thread_modify_sender_add(l4_umword_t match_mask, l4_umword_t match,
                                          l4_umword_t del_bits, l4_umword_t add_bits,
                                          l4_msgtag_t *tag) L4_NOTHROW
{
  return l4_thread_modify_sender_add_u(match_mask, match, del_bits, add_bits, tag, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_thread_modify_sender_commit_u(l4_cap_idx_t thread, l4_msgtag_t tag,
                                                       l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_ipc_call(thread, utcb, tag, L4_IPC_NEVER);
}

L4_INLINE l4_msgtag_t l4_thread_modify_sender_commit(l4_cap_idx_t thread,
                                                     l4_msgtag_t tag) L4_NOTHROW
{
  return l4_thread_modify_sender_commit_u(thread, tag, l4_utcb());
}

L4_END_DECLS

#include <l4/sys/__thread_vcpu.h>
#include <l4/sys/pf_trampoline.h>

// SPDX-License-Identifier: MIT
/** Semaphores (kernel-objects.md section 6). */
#pragma once

#include <l4/sys/irq.h>

enum L4_semaphore_op {
  L4_SEMAPHORE_OP_DOWN = 0,
};

L4_BEGIN_DECLS

/** Wake one waiter or count up; there is no answer. */
L4_INLINE l4_msgtag_t l4_semaphore_up_u(l4_cap_idx_t sem, l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_irq_trigger_u(sem, utcb);
}

L4_INLINE l4_msgtag_t l4_semaphore_up(l4_cap_idx_t sem) L4_NOTHROW
{
  return l4_semaphore_up_u(sem, l4_utcb());
}

/** Count down, or block for at most the receive timeout (S right). */
L4_INLINE l4_msgtag_t l4_semaphore_down_u(l4_cap_idx_t sem, l4_timeout_t timeout,
                                          l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = L4_SEMAPHORE_OP_DOWN;
  return l4_ipc_call(sem, utcb, l4_msgtag(L4_PROTO_SEMAPHORE, 1, 0, 0), timeout);
}

L4_INLINE l4_msgtag_t l4_semaphore_down(l4_cap_idx_t sem, l4_timeout_t timeout) L4_NOTHROW
{
  return l4_semaphore_down_u(sem, timeout, l4_utcb());
}

L4_END_DECLS

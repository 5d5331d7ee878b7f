// SPDX-License-Identifier: MIT
/** IRQ objects: asynchronous signals, from hardware or software (kernel-objects.md section 5). */
#pragma once

#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <l4/sys/ipc.h>
#include <l4/sys/rcv_endpoint.h>

/** Operations with label L4_PROTO_IRQ_SENDER. */
enum L4_irq_sender_op {
  L4_IRQ_SENDER_OP_RESERVED1 = 0,
  L4_IRQ_SENDER_OP_DETACH = 1,
  L4_IRQ_SENDER_OP_BIND_VCPU = 2,
};

/** Operations with label L4_PROTO_IRQ. */
enum L4_irq_op {
  L4_IRQ_OP_TRIGGER = 2,
  L4_IRQ_OP_EOI = 4,
};

L4_BEGIN_DECLS

/** Put the EOI operation into the message registers. */
L4_INLINE l4_msgtag_t __l4_irq_eoi_msg(l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = L4_IRQ_OP_EOI;
  return l4_msgtag(L4_PROTO_IRQ, 1, 0, 0);
}

/** Unbind from the thread and mask (S right). Label: 0 was idle, 1 was pending. */
L4_INLINE l4_msgtag_t l4_irq_detach_u(l4_cap_idx_t irq, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = L4_IRQ_SENDER_OP_DETACH;
  return l4_ipc_call(irq, utcb, l4_msgtag(L4_PROTO_IRQ_SENDER, 1, 0, 0), L4_IPC_NEVER);
}

L4_INLINE l4_msgtag_t l4_irq_detach(l4_cap_idx_t irq) L4_NOTHROW
{
  return l4_irq_detach_u(irq, l4_utcb());
}

/** Deliver to a virtual CPU directly; offered on Arm only. */
L4_INLINE l4_msgtag_t l4_irq_bind_vcpu_u(l4_cap_idx_t irq, l4_cap_idx_t thread, l4_umword_t cfg,
                                         l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_IRQ_SENDER_OP_BIND_VCPU;
  m->mr[1] = cfg;
  __l4_cap_argument(m, 2, thread);
  return l4_ipc_call(irq, utcb, l4_msgtag(L4_PROTO_IRQ_SENDER, 2, 1, 0), L4_IPC_NEVER);
}

L4_INLINE l4_msgtag_t l4_irq_bind_vcpu(l4_cap_idx_t irq, l4_cap_idx_t thread,
                                       l4_umword_t cfg) L4_NOTHROW
{
  return l4_irq_bind_vcpu_u(irq, thread, cfg, l4_utcb());
}

/** Trigger; there is no answer, so only the error flag of the result means something. */
L4_INLINE l4_msgtag_t l4_irq_trigger_u(l4_cap_idx_t irq, l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_ipc_send(irq, utcb, l4_msgtag(L4_PROTO_IRQ, 0, 0, 0), L4_IPC_BOTH_TIMEOUT_0);
}

L4_INLINE l4_msgtag_t l4_irq_trigger(l4_cap_idx_t irq) L4_NOTHROW
{
  return l4_irq_trigger_u(irq, l4_utcb());
}

/** Unmask and wait for this interrupt. */
L4_INLINE l4_msgtag_t l4_irq_receive_u(l4_cap_idx_t irq, l4_timeout_t timeout,
                                       l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_ipc_call(irq, utcb, __l4_irq_eoi_msg(utcb), timeout);
}

L4_INLINE l4_msgtag_t l4_irq_receive(l4_cap_idx_t irq, l4_timeout_t timeout) L4_NOTHROW
{
  return l4_irq_receive_u(irq, timeout, l4_utcb());
}

/** Unmask and wait for any message. */
L4_INLINE l4_msgtag_t l4_irq_wait_u(l4_cap_idx_t irq, l4_umword_t *label, l4_timeout_t timeout,
                                    l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_ipc_send_and_wait(irq, utcb, __l4_irq_eoi_msg(utcb), label, timeout);
}

L4_INLINE l4_msgtag_t l4_irq_wait(l4_cap_idx_t irq, l4_umword_t *label,
                                  l4_timeout_t timeout) L4_NOTHROW
{
  return l4_irq_wait_u(irq, label, timeout, l4_utcb());
}

/** Unmask; there is no answer. */
L4_INLINE l4_msgtag_t l4_irq_unmask_u(l4_cap_idx_t irq, l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_ipc_send(irq, utcb, __l4_irq_eoi_msg(utcb), L4_IPC_NEVER);
}

L4_INLINE l4_msgtag_t l4_irq_unmask(l4_cap_idx_t irq) L4_NOTHROW
{
  return l4_irq_unmask_u(irq, l4_utcb());
}

L4_END_DECLS

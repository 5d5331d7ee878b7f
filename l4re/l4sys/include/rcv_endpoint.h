// SPDX-License-Identifier: MIT
/** Binding of gates and IRQ objects to threads (kernel-objects.md sections 4 and 5). */
#pragma once

#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <l4/sys/ipc.h>

/** Operations with label L4_PROTO_KOBJECT. */
enum L4_rcv_ep_ops {
  L4_RCV_EP_BIND_OP = 0x10,
};

L4_BEGIN_DECLS

/**
 * Bind an endpoint to a thread or thread group; S right on both needed.
 * \param label  Label of the messages; bits 0 and 1 must be 0 for gates.
 */
L4_INLINE l4_msgtag_t l4_rcv_ep_bind_snd_destination_u(l4_cap_idx_t ep, l4_cap_idx_t snd_dst,
                                                       l4_umword_t label,
                                                       l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_RCV_EP_BIND_OP;
  m->mr[1] = label;
  __l4_cap_argument(m, 2, snd_dst);
  return l4_ipc_call(ep, utcb, l4_msgtag(L4_PROTO_KOBJECT, 2, 1, 0), L4_IPC_NEVER);
}

L4_INLINE l4_msgtag_t l4_rcv_ep_bind_snd_destination(l4_cap_idx_t ep, l4_cap_idx_t snd_dst,
                                                     l4_umword_t label) L4_NOTHROW
{
  return l4_rcv_ep_bind_snd_destination_u(ep, snd_dst, label, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_rcv_ep_bind_thread_u(l4_cap_idx_t ep, l4_cap_idx_t thread,
                                              l4_umword_t label, l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_rcv_ep_bind_snd_destination_u(ep, thread, label, utcb);
}

L4_INLINE l4_msgtag_t l4_rcv_ep_bind_thread(l4_cap_idx_t ep, l4_cap_idx_t thread,
                                            l4_umword_t label) L4_NOTHROW
{
  return l4_rcv_ep_bind_thread_u(ep, thread, label, l4_utcb());
}

L4_END_DECLS

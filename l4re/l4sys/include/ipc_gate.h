// SPDX-License-Identifier: MIT
/** IPC gates, server side (kernel-objects.md section 4). */
#pragma once

#include <l4/sys/rcv_endpoint.h>

/** Operations with label L4_PROTO_KOBJECT. */
enum L4_ipc_gate_ops {
  L4_IPC_GATE_BIND_OP = 0x10,
  L4_IPC_GATE_GET_INFO_OP = 0x11,
  L4_IPC_GATE_UNBIND_OP = 0x80, /**< ours, docs/kernel.md section 8 */
  L4_IPC_GATE_STATE_OP = 0x81,  /**< ours */
};

/** What l4_ipc_gate_state() tells. */
enum L4_ipc_gate_states {
  L4_IPC_GATE_UNBOUND = 0,  /**< senders wait */
  L4_IPC_GATE_BOUND = 1,    /**< messages go to a thread */
  L4_IPC_GATE_ORPHANED = 2, /**< the thread is dead, messages fail */
};

L4_BEGIN_DECLS

L4_INLINE l4_msgtag_t l4_ipc_gate_bind_thread_u(l4_cap_idx_t gate, l4_cap_idx_t thread,
                                                l4_umword_t label, l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_rcv_ep_bind_thread_u(gate, thread, label, utcb);
}

L4_INLINE l4_msgtag_t l4_ipc_gate_bind_thread(l4_cap_idx_t gate, l4_cap_idx_t thread,
                                              l4_umword_t label) L4_NOTHROW
{
  return l4_rcv_ep_bind_thread(gate, thread, label);
}

L4_INLINE l4_msgtag_t l4_ipc_gate_bind_snd_destination_u(l4_cap_idx_t gate, l4_cap_idx_t snd_dst,
                                                         l4_umword_t label,
                                                         l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_rcv_ep_bind_snd_destination_u(gate, snd_dst, label, utcb);
}

L4_INLINE l4_msgtag_t l4_ipc_gate_bind_snd_destination(l4_cap_idx_t gate, l4_cap_idx_t snd_dst,
                                                       l4_umword_t label) L4_NOTHROW
{
  return l4_rcv_ep_bind_snd_destination(gate, snd_dst, label);
}

/** \param[out] label  Label of the gate, 0 while never bound; written on success. */
L4_INLINE l4_msgtag_t l4_ipc_gate_get_infos_u(l4_cap_idx_t gate, l4_umword_t *label,
                                              l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_IPC_GATE_GET_INFO_OP;

  l4_msgtag_t result = l4_ipc_call(gate, utcb, l4_msgtag(L4_PROTO_KOBJECT, 1, 0, 0), L4_IPC_NEVER);
  if (l4_error_u(result, utcb) >= 0) *label = m->mr[0];
  return result;
}

L4_INLINE l4_msgtag_t l4_ipc_gate_get_infos(l4_cap_idx_t gate, l4_umword_t *label) L4_NOTHROW
{
  return l4_ipc_gate_get_infos_u(gate, label, l4_utcb());
}

/**
 * Take the gate from its thread: callers wait until it is bound again, as if it never was, also if
 * the thread is dead. Needs the S right and the server right. Messages that the thread has in its
 * queue stay there.
 */
L4_INLINE l4_msgtag_t l4_ipc_gate_unbind_u(l4_cap_idx_t gate, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = L4_IPC_GATE_UNBIND_OP;
  return l4_ipc_call(gate, utcb, l4_msgtag(L4_PROTO_KOBJECT, 1, 0, 0), L4_IPC_NEVER);
}

L4_INLINE l4_msgtag_t l4_ipc_gate_unbind(l4_cap_idx_t gate) L4_NOTHROW
{
  return l4_ipc_gate_unbind_u(gate, l4_utcb());
}

/** \return One of L4_ipc_gate_states, or a negative error. Needs the server right. */
L4_INLINE l4_ret_t l4_ipc_gate_state_u(l4_cap_idx_t gate, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = L4_IPC_GATE_STATE_OP;
  return l4_error_u(
      l4_ipc_call(gate, utcb, l4_msgtag(L4_PROTO_KOBJECT, 1, 0, 0), L4_IPC_NEVER), utcb);
}

L4_INLINE l4_ret_t l4_ipc_gate_state(l4_cap_idx_t gate) L4_NOTHROW
{
  return l4_ipc_gate_state_u(gate, l4_utcb());
}

L4_END_DECLS

// SPDX-License-Identifier: MIT
/**
 * Object invocation (ipc.md). All functions take the message from and leave it in the UTCB; the
 * UTCB passed must be the calling thread's.
 */
#pragma once

#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <l4/sys/err.h>

/** IPC errors; bit 0 is set for the receive phase. */
enum l4_ipc_tcr_error_t {
  L4_IPC_ERROR_MASK = 0x1f,
  L4_IPC_SND_ERR_MASK = 0x01,

  L4_IPC_ENOT_EXISTENT = 0x04,
  L4_IPC_RETIMEOUT = 0x03,
  L4_IPC_SETIMEOUT = 0x02,
  L4_IPC_RECANCELED = 0x07,
  L4_IPC_SECANCELED = 0x06,
  L4_IPC_REMAPFAILED = 0x11,
  L4_IPC_SEMAPFAILED = 0x10,
  L4_IPC_RESNDPFTO = 0x0b,
  L4_IPC_SESNDPFTO = 0x0a,
  L4_IPC_RERCVPFTO = 0x0d,
  L4_IPC_SERCVPFTO = 0x0c,
  L4_IPC_REABORTED = 0x0f,
  L4_IPC_SEABORTED = 0x0e,
  L4_IPC_REMSGCUT = 0x09,
  L4_IPC_SEMSGCUT = 0x08,
  L4_IPC_NO_REPLY_CAP = 0x13,
};

L4_BEGIN_DECLS

/**
 * Invoke an object.
 * \param      dest    Capability selector; its low bits must be 0.
 * \param      utcb    UTCB of the caller.
 * \param      flags   L4_SYSF_* bits.
 * \param      slabel  Label to send, used only if the target is a thread.
 * \param      tag     Message tag.
 * \param[out] rlabel  Label of the received message; may be 0.
 */
L4_ALWAYS_INLINE l4_msgtag_t l4_ipc(l4_cap_idx_t dest, l4_utcb_t *utcb, l4_umword_t flags,
                                    l4_umword_t slabel, l4_msgtag_t tag, l4_umword_t *rlabel,
                                    l4_timeout_t timeout) L4_NOTHROW
{
  l4_msgtag_t result;
  l4_umword_t label = slabel;

  (void)utcb;
  result.raw = (l4_mword_t)l4_arch_invoke(dest | flags, (l4_umword_t)tag.raw, &label, timeout.raw);
  if (rlabel) *rlabel = label;
  return result;
}

/** Send only. */
L4_ALWAYS_INLINE l4_msgtag_t l4_ipc_send(l4_cap_idx_t dest, l4_utcb_t *utcb, l4_msgtag_t tag,
                                         l4_timeout_t timeout) L4_NOTHROW
{
  return l4_ipc(dest, utcb, L4_SYSF_SEND, 0, tag, 0, timeout);
}

/** Send, then wait for the answer of the same object. */
L4_ALWAYS_INLINE l4_msgtag_t l4_ipc_call(l4_cap_idx_t object, l4_utcb_t *utcb, l4_msgtag_t tag,
                                         l4_timeout_t timeout) L4_NOTHROW
{
  return l4_ipc(object, utcb, L4_SYSF_CALL, 0, tag, 0, timeout);
}

/** Receive from one object. */
L4_ALWAYS_INLINE l4_msgtag_t l4_ipc_receive(l4_cap_idx_t object, l4_utcb_t *utcb,
                                            l4_timeout_t timeout) L4_NOTHROW
{
  l4_msgtag_t none = {0};
  return l4_ipc(object, utcb, L4_SYSF_RECV, 0, none, 0, timeout);
}

/** Receive from anybody. */
L4_ALWAYS_INLINE l4_msgtag_t l4_ipc_wait(l4_utcb_t *utcb, l4_umword_t *label,
                                         l4_timeout_t timeout) L4_NOTHROW
{
  l4_msgtag_t none = {0};
  return l4_ipc(L4_INVALID_CAP, utcb, L4_SYSF_WAIT, 0, none, label, timeout);
}

/** Answer the caller stored in a reply capability; the capability is used up. */
L4_ALWAYS_INLINE l4_msgtag_t l4_ipc_reply(l4_cap_idx_t reply_cap, l4_utcb_t *utcb, l4_msgtag_t tag,
                                          l4_timeout_t timeout) L4_NOTHROW
{
  return l4_ipc(reply_cap, utcb, L4_SYSF_SEND | L4_SYSF_REPLY, 0, tag, 0, timeout);
}

/** Answer the last caller, then receive from anybody. */
L4_ALWAYS_INLINE l4_msgtag_t l4_ipc_reply_and_wait(l4_utcb_t *utcb, l4_msgtag_t tag,
                                                   l4_umword_t *label,
                                                   l4_timeout_t timeout) L4_NOTHROW
{
  return l4_ipc(L4_INVALID_CAP, utcb, L4_SYSF_REPLY_AND_WAIT, 0, tag, label, timeout);
}

/** Send to an object, then receive from anybody. */
L4_ALWAYS_INLINE l4_msgtag_t l4_ipc_send_and_wait(l4_cap_idx_t dest, l4_utcb_t *utcb,
                                                  l4_msgtag_t tag, l4_umword_t *label,
                                                  l4_timeout_t timeout) L4_NOTHROW
{
  return l4_ipc(dest, utcb, L4_SYSF_SEND_AND_WAIT, 0, tag, label, timeout);
}

/** Sleep for the receive half of `timeout`; the result always carries an error. */
L4_ALWAYS_INLINE l4_msgtag_t l4_ipc_sleep(l4_timeout_t timeout) L4_NOTHROW
{
  return l4_ipc_receive(L4_INVALID_CAP, 0, timeout);
}

L4_INLINE l4_msgtag_t l4_ipc_sleep_us(l4_uint64_t us) L4_NOTHROW
{
  l4_timeout_s never = {0};
  return l4_ipc_sleep(l4_timeout(never, l4_timeout_from_us(us)));
}

L4_INLINE l4_msgtag_t l4_ipc_sleep_ms(l4_uint32_t ms) L4_NOTHROW
{
  return l4_ipc_sleep_us((l4_uint64_t)ms * 1000);
}

/** 0, or the IPC error of an operation with result `tag`. */
L4_INLINE l4_umword_t l4_ipc_error(l4_msgtag_t tag, l4_utcb_t *utcb) L4_NOTHROW
{
  if (L4_LIKELY(!l4_msgtag_has_error(tag))) return 0;
  return l4_utcb_tcr_u(utcb)->error & L4_IPC_ERROR_MASK;
}

/** Error code of the last failed operation. */
L4_INLINE int l4_ipc_error_code(l4_utcb_t *utcb) L4_NOTHROW
{
  return (int)(l4_utcb_tcr_u(utcb)->error & L4_IPC_ERROR_MASK);
}

L4_INLINE int l4_ipc_is_snd_error(l4_utcb_t *utcb) L4_NOTHROW
{
  return (l4_utcb_tcr_u(utcb)->error & L4_IPC_SND_ERR_MASK) == 0;
}

L4_INLINE int l4_ipc_is_rcv_error(l4_utcb_t *utcb) L4_NOTHROW
{
  return (l4_utcb_tcr_u(utcb)->error & L4_IPC_SND_ERR_MASK) != 0;
}

/** Negated error code of an IPC error. */
L4_INLINE L4_CONSTEXPR l4_ret_t l4_ipc_to_errno(unsigned long ipc_error) L4_NOTHROW
{
  return (l4_ret_t)(-(long)(L4_EIPC_LO + ipc_error));
}

/** Result of a call: its label, or the IPC error as a negated error code. */
L4_INLINE l4_ret_t l4_error_u(l4_msgtag_t tag, l4_utcb_t *utcb) L4_NOTHROW
{
  if (L4_UNLIKELY(l4_msgtag_has_error(tag)))
    return l4_ipc_to_errno(l4_utcb_tcr_u(utcb)->error & L4_IPC_ERROR_MASK);
  return (l4_ret_t)l4_msgtag_label(tag);
}

L4_INLINE l4_ret_t l4_error(l4_msgtag_t tag) L4_NOTHROW
{
  return l4_error_u(tag, l4_utcb());
}

/**
 * Append a map item to a message.
 * \param         snd_base  Control word: hot spot and attributes.
 * \param[in,out] tag       Tag of the message so far; one item is added.
 * \retval 0            Done.
 * \retval -L4_ENOMEM   The message registers are full.
 */
L4_INLINE int l4_sndfpage_add_u(l4_fpage_t snd_fpage, unsigned long snd_base, l4_msgtag_t *tag,
                                l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  unsigned index = l4_msgtag_words(*tag) + 2 * l4_msgtag_items(*tag);

  if (index + 2 > L4_UTCB_GENERIC_DATA_SIZE) return -L4_ENOMEM;
  m->mr[index] = snd_base | L4_ITEM_MAP | L4_ITEM_CONT;
  m->mr[index + 1] = snd_fpage.raw;
  *tag = l4_msgtag(l4_msgtag_label(*tag), l4_msgtag_words(*tag), l4_msgtag_items(*tag) + 1,
                   l4_msgtag_flags(*tag));
  return 0;
}

L4_INLINE int l4_sndfpage_add(l4_fpage_t snd_fpage, unsigned long snd_base,
                              l4_msgtag_t *tag) L4_NOTHROW
{
  return l4_sndfpage_add_u(snd_fpage, snd_base, tag, l4_utcb());
}

/**
 * Write a capability argument of a kernel operation at the message registers `index`, `index + 1`.
 * The kernel takes the object from the caller's slot; nothing is mapped.
 */
L4_INLINE void __l4_cap_argument(l4_msg_regs_t *m, unsigned index, l4_cap_idx_t cap) L4_NOTHROW
{
  m->mr[index] = l4_map_obj_control(0, L4_MAP_ITEM_MAP);
  m->mr[index + 1] = l4_obj_fpage(cap, 0, L4_CAP_FPAGE_RWS).raw;
}

L4_END_DECLS

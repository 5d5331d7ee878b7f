// SPDX-License-Identifier: MIT
/** Creation of objects (kernel-objects.md section 1, l4re-protocols.md section 5). */
#pragma once

#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <l4/sys/ipc.h>
#include <l4/sys/thread_group.h>

L4_BEGIN_DECLS

/**
 * Begin a create message.
 * \param obj         Type of the object: a protocol number.
 * \param target_cap  Slot that receives the new object.
 * \return Tag to pass to the l4_factory_create_add functions.
 */
L4_INLINE l4_msgtag_t l4_factory_create_start_u(long obj, l4_cap_idx_t target_cap,
                                                l4_utcb_t *utcb) L4_NOTHROW
{
  l4_buf_regs_t *b = l4_utcb_br_u(utcb);

  l4_utcb_mr_u(utcb)->mr[0] = (l4_umword_t)obj;
  b->bdr = 0;
  b->br[0] = (target_cap & L4_FPAGE_ADDR_MASK) | L4_RCV_ITEM_SINGLE_CAP;
  b->br[1] = 0;
  return l4_msgtag(L4_PROTO_FACTORY, 1, 0, 0);
}

/** Append an argument of `size` bytes whose data the caller writes; 0 if there is no room. */
L4_INLINE l4_umword_t *__l4_factory_add_arg(unsigned type, unsigned size, l4_msgtag_t *tag,
                                            l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  unsigned w = l4_msgtag_words(*tag);

  if (size > sizeof(m->mr) || w + 1 + l4_bytes_to_mwords(size) > L4_UTCB_GENERIC_DATA_SIZE)
    return 0;
  m->mr[w] = type | ((l4_umword_t)size << 16);
  if (size % sizeof(l4_umword_t)) /* nothing of an earlier message shall leak */
    m->mr[w + l4_bytes_to_mwords(size)] = 0;
  tag->raw += 1 + l4_bytes_to_mwords(size);
  return &m->mr[w + 1];
}

/** \retval 1 The argument was appended. \retval 0 The message is full. */
L4_INLINE int __l4_factory_add_word(unsigned type, l4_umword_t value, l4_msgtag_t *tag,
                                    l4_utcb_t *utcb) L4_NOTHROW
{
  l4_umword_t *place = __l4_factory_add_arg(type, sizeof(l4_umword_t), tag, utcb);
  if (!place) return 0;
  *place = value;
  return 1;
}

L4_INLINE int l4_factory_create_add_fpage_u(l4_fpage_t d, l4_msgtag_t *tag,
                                            l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_factory_add_word(L4_VARG_TYPE_FPAGE, d.raw, tag, utcb);
}

L4_INLINE int l4_factory_create_add_int_u(l4_mword_t d, l4_msgtag_t *tag,
                                          l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_factory_add_word(L4_VARG_TYPE_MWORD, (l4_umword_t)d, tag, utcb);
}

L4_INLINE int l4_factory_create_add_uint_u(l4_umword_t d, l4_msgtag_t *tag,
                                           l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_factory_add_word(L4_VARG_TYPE_UMWORD, d, tag, utcb);
}

/** Append `len` bytes; the protocol expects the last one to be NUL. */
L4_INLINE int l4_factory_create_add_lstr_u(char const *s, unsigned len, l4_msgtag_t *tag,
                                           l4_utcb_t *utcb) L4_NOTHROW
{
  char *place = (char *)__l4_factory_add_arg(L4_VARG_TYPE_STRING, len, tag, utcb);
  if (!place) return 0;
  for (unsigned i = 0; i < len; ++i)
    place[i] = s[i];
  return 1;
}

L4_INLINE int l4_factory_create_add_str_u(char const *s, l4_msgtag_t *tag,
                                          l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_factory_create_add_lstr_u(s, (unsigned)__builtin_strlen(s) + 1, tag, utcb);
}

/** Mark an argument as absent. */
L4_INLINE int l4_factory_create_add_nil_u(l4_msgtag_t *tag, l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_factory_add_arg(L4_VARG_TYPE_NIL, 0, tag, utcb) != 0;
}

/** Send the message; S right on the factory needed. */
L4_INLINE l4_msgtag_t l4_factory_create_commit_u(l4_cap_idx_t factory, l4_msgtag_t tag,
                                                 l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_ipc_call(factory, utcb, tag, L4_IPC_NEVER);
}

/** Create an object that needs no arguments. */
L4_INLINE l4_msgtag_t l4_factory_create_u(l4_cap_idx_t factory, long obj, l4_cap_idx_t target,
                                          l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_factory_create_commit_u(factory, l4_factory_create_start_u(obj, target, utcb), utcb);
}

L4_INLINE l4_msgtag_t l4_factory_create(l4_cap_idx_t factory, long obj,
                                        l4_cap_idx_t target) L4_NOTHROW
{
  return l4_factory_create_u(factory, obj, target, l4_utcb());
}

/**
 * Create a task.
 * \param[in,out] utcb_area  First kernel-user memory area, order 12..17 (or invalid for none);
 *                           on success the area as mapped.
 */
L4_INLINE l4_msgtag_t l4_factory_create_task_u(l4_cap_idx_t factory, l4_cap_idx_t target_cap,
                                               l4_fpage_t *utcb_area, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msgtag_t tag = l4_factory_create_start_u(L4_PROTO_TASK, target_cap, utcb);

  l4_factory_create_add_fpage_u(*utcb_area, &tag, utcb);
  tag = l4_factory_create_commit_u(factory, tag, utcb);
  if (l4_error_u(tag, utcb) >= 0 && l4_msgtag_words(tag) > 0)
    utcb_area->raw = l4_utcb_mr_u(utcb)->mr[0];
  return tag;
}

L4_INLINE l4_msgtag_t l4_factory_create_task(l4_cap_idx_t factory, l4_cap_idx_t target_cap,
                                             l4_fpage_t *utcb_area) L4_NOTHROW
{
  return l4_factory_create_task_u(factory, target_cap, utcb_area, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_factory_create_thread_u(l4_cap_idx_t factory, l4_cap_idx_t target_cap,
                                                 l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_factory_create_u(factory, L4_PROTO_THREAD, target_cap, utcb);
}

L4_INLINE l4_msgtag_t l4_factory_create_thread(l4_cap_idx_t factory,
                                               l4_cap_idx_t target_cap) L4_NOTHROW
{
  return l4_factory_create_thread_u(factory, target_cap, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_factory_create_irq_u(l4_cap_idx_t factory, l4_cap_idx_t target_cap,
                                              l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_factory_create_u(factory, L4_PROTO_IRQ_SENDER, target_cap, utcb);
}

L4_INLINE l4_msgtag_t l4_factory_create_irq(l4_cap_idx_t factory,
                                            l4_cap_idx_t target_cap) L4_NOTHROW
{
  return l4_factory_create_irq_u(factory, target_cap, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_factory_create_vm_u(l4_cap_idx_t factory, l4_cap_idx_t target_cap,
                                             l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_factory_create_u(factory, L4_PROTO_VM, target_cap, utcb);
}

L4_INLINE l4_msgtag_t l4_factory_create_vm(l4_cap_idx_t factory, l4_cap_idx_t target_cap) L4_NOTHROW
{
  return l4_factory_create_vm_u(factory, target_cap, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_factory_create_vcpu_context_u(l4_cap_idx_t factory,
                                                       l4_cap_idx_t target_cap,
                                                       l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_factory_create_u(factory, L4_PROTO_VCPU_CONTEXT, target_cap, utcb);
}

L4_INLINE l4_msgtag_t l4_factory_create_vcpu_context(l4_cap_idx_t factory,
                                                     l4_cap_idx_t target_cap) L4_NOTHROW
{
  return l4_factory_create_vcpu_context_u(factory, target_cap, l4_utcb());
}

/** Create a factory with a quota of `limit` bytes, charged to the parent at once. */
L4_INLINE l4_msgtag_t l4_factory_create_factory_u(l4_cap_idx_t factory, l4_cap_idx_t target_cap,
                                                  unsigned long limit, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msgtag_t tag = l4_factory_create_start_u(L4_PROTO_FACTORY, target_cap, utcb);
  l4_factory_create_add_uint_u(limit, &tag, utcb);
  return l4_factory_create_commit_u(factory, tag, utcb);
}

L4_INLINE l4_msgtag_t l4_factory_create_factory(l4_cap_idx_t factory, l4_cap_idx_t target_cap,
                                                unsigned long limit) L4_NOTHROW
{
  return l4_factory_create_factory_u(factory, target_cap, limit, l4_utcb());
}

/**
 * Create an IPC gate.
 * \param snd_dst_cap  Thread that receives the messages (S right needed), or an invalid
 *                     selector for a gate that is bound later.
 * \param label        Label of the messages; bits 0 and 1 must be 0.
 */
L4_INLINE l4_msgtag_t l4_factory_create_gate_u(l4_cap_idx_t factory, l4_cap_idx_t target_cap,
                                               l4_cap_idx_t snd_dst_cap, l4_umword_t label,
                                               l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msgtag_t tag = l4_factory_create_start_u(L4_PROTO_NONE, target_cap, utcb);

  l4_factory_create_add_uint_u(label, &tag, utcb);
  if (l4_is_valid_cap(snd_dst_cap))
    l4_sndfpage_add_u(l4_obj_fpage(snd_dst_cap, 0, L4_CAP_FPAGE_RWS), 0, &tag, utcb);
  return l4_factory_create_commit_u(factory, tag, utcb);
}

L4_INLINE l4_msgtag_t l4_factory_create_gate(l4_cap_idx_t factory, l4_cap_idx_t target_cap,
                                             l4_cap_idx_t snd_dst_cap, l4_umword_t label) L4_NOTHROW
{
  return l4_factory_create_gate_u(factory, target_cap, snd_dst_cap, label, l4_utcb());
}

/** \param policy  L4_thread_group_policy. */
L4_INLINE l4_msgtag_t l4_factory_create_thread_group_u(l4_cap_idx_t factory,
                                                       l4_cap_idx_t target_cap, unsigned policy,
                                                       l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msgtag_t tag = l4_factory_create_start_u(L4_PROTO_THREAD_GROUP, target_cap, utcb);
  l4_factory_create_add_uint_u(policy, &tag, utcb);
  return l4_factory_create_commit_u(factory, tag, utcb);
}

L4_INLINE l4_msgtag_t l4_factory_create_thread_group(l4_cap_idx_t factory, l4_cap_idx_t target_cap,
                                                     unsigned policy) L4_NOTHROW
{
  return l4_factory_create_thread_group_u(factory, target_cap, policy, l4_utcb());
}

L4_END_DECLS

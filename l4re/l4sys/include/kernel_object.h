// SPDX-License-Identifier: MIT
/** Operations that every kernel object has (kernel-objects.md section 4). */
#pragma once

#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <l4/sys/ipc.h>

/** Operations with label L4_PROTO_KOBJECT. */
enum L4_kobject_op {
  L4_KOBJECT_OP_DEC_REFCNT = 0,
  L4_KOBJECT_OP_REGISTER_IRQ = 1,
};

L4_BEGIN_DECLS

/** Lower the number of counted references by `diff`; MR0 is the remaining number. */
L4_INLINE l4_msgtag_t l4_kobject_dec_refcnt_u(l4_cap_idx_t obj, l4_mword_t diff,
                                              l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_KOBJECT_OP_DEC_REFCNT;
  m->mr[1] = (l4_umword_t)diff;
  return l4_ipc_call(obj, utcb, l4_msgtag(L4_PROTO_KOBJECT, 2, 0, 0), L4_IPC_NEVER);
}

L4_INLINE l4_msgtag_t l4_kobject_dec_refcnt(l4_cap_idx_t obj, l4_mword_t diff) L4_NOTHROW
{
  return l4_kobject_dec_refcnt_u(obj, diff, l4_utcb());
}

/**
 * Call the kernel debugger for an object: the object is appended as an item, the operation in MR0
 * is moved into the object group.
 */
L4_INLINE l4_msgtag_t l4_invoke_debugger(l4_cap_idx_t obj, l4_msgtag_t tag,
                                         l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] += 0x100;
  __l4_cap_argument(m, l4_msgtag_words(tag), obj);
  return l4_ipc_call(L4_BASE_DEBUGGER_CAP, utcb,
                     l4_msgtag(L4_PROTO_DEBUGGER, l4_msgtag_words(tag), 1, 0), L4_IPC_NEVER);
}

L4_END_DECLS

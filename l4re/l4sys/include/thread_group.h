// SPDX-License-Identifier: MIT
/** Thread groups: an optional kernel object (kernel-objects.md sections 1 and 16). */
#pragma once

#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <l4/sys/ipc.h>

enum L4_thread_group_ops {
  L4_THREAD_GROUP_ADD_OP = 2,
  L4_THREAD_GROUP_REMOVE_OP = 3,
};

enum L4_thread_group_policy {
  L4_THREAD_GROUP_POLICY_STRICT_CORE_LOCAL = 0,
  L4_THREAD_GROUP_POLICY_SOFT_CORE_LOCAL = 1,
};

L4_BEGIN_DECLS

L4_INLINE l4_msgtag_t __l4_thread_group_op(l4_cap_idx_t group, l4_umword_t op, l4_cap_idx_t thread,
                                           l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = op;
  __l4_cap_argument(l4_utcb_mr_u(utcb), 1, thread);
  return l4_ipc_call(group, utcb, l4_msgtag(L4_PROTO_THREAD_GROUP, 1, 1, 0), L4_IPC_NEVER);
}

L4_INLINE l4_msgtag_t l4_thread_group_add_u(l4_cap_idx_t group, l4_cap_idx_t thread,
                                            l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_thread_group_op(group, L4_THREAD_GROUP_ADD_OP, thread, utcb);
}

L4_INLINE l4_msgtag_t l4_thread_group_add(l4_cap_idx_t group, l4_cap_idx_t thread) L4_NOTHROW
{
  return l4_thread_group_add_u(group, thread, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_thread_group_remove_u(l4_cap_idx_t group, l4_cap_idx_t thread,
                                               l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_thread_group_op(group, L4_THREAD_GROUP_REMOVE_OP, thread, utcb);
}

L4_INLINE l4_msgtag_t l4_thread_group_remove(l4_cap_idx_t group, l4_cap_idx_t thread) L4_NOTHROW
{
  return l4_thread_group_remove_u(group, thread, l4_utcb());
}

L4_END_DECLS

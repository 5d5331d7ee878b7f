// SPDX-License-Identifier: MIT
/** Power management; the same object as the root ICU (kernel-objects.md section 8). */
#pragma once

#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <l4/sys/ipc.h>

enum L4_platform_ctl_ops {
  L4_PLATFORM_CTL_SYS_SUSPEND_OP = 0,
  L4_PLATFORM_CTL_SYS_SHUTDOWN_OP = 1,
  L4_PLATFORM_CTL_CPU_ALLOW_SHUTDOWN_OP = 2,
  L4_PLATFORM_CTL_CPU_ENABLE_OP = 3,
  L4_PLATFORM_CTL_CPU_DISABLE_OP = 4,
  L4_PLATFORM_CTL_SET_TASK_ASID_OP = 0x10,
};

enum L4_platform_ctl_proto { L4_PROTO_PLATFORM_CTL = 0 };

L4_BEGIN_DECLS

L4_INLINE l4_msgtag_t __l4_platform_ctl_op(l4_cap_idx_t pfc, l4_umword_t op, l4_umword_t arg,
                                           l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = op;
  m->mr[1] = arg;
  return l4_ipc_call(pfc, utcb, l4_msgtag(L4_PROTO_PLATFORM_CTL, 2, 0, 0), L4_IPC_NEVER);
}

/** \param extras  Platform specific; on PC the ACPI sleep type. */
L4_INLINE l4_msgtag_t l4_platform_ctl_system_suspend_u(l4_cap_idx_t pfc, l4_umword_t extras,
                                                       l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_platform_ctl_op(pfc, L4_PLATFORM_CTL_SYS_SUSPEND_OP, extras, utcb);
}

L4_INLINE l4_msgtag_t l4_platform_ctl_system_suspend(l4_cap_idx_t pfc,
                                                     l4_umword_t extras) L4_NOTHROW
{
  return l4_platform_ctl_system_suspend_u(pfc, extras, l4_utcb());
}

/** \param reboot  0 off, 1 reboot. */
L4_INLINE l4_msgtag_t l4_platform_ctl_system_shutdown_u(l4_cap_idx_t pfc, l4_umword_t reboot,
                                                        l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_platform_ctl_op(pfc, L4_PLATFORM_CTL_SYS_SHUTDOWN_OP, reboot, utcb);
}

L4_INLINE l4_msgtag_t l4_platform_ctl_system_shutdown(l4_cap_idx_t pfc,
                                                      l4_umword_t reboot) L4_NOTHROW
{
  return l4_platform_ctl_system_shutdown_u(pfc, reboot, l4_utcb());
}

/** Say whether the idle CPU `phys_id` may be switched off. */
L4_INLINE l4_msgtag_t l4_platform_ctl_cpu_allow_shutdown_u(l4_cap_idx_t pfc, l4_umword_t phys_id,
                                                           l4_umword_t enable,
                                                           l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_PLATFORM_CTL_CPU_ALLOW_SHUTDOWN_OP;
  m->mr[1] = phys_id;
  m->mr[2] = enable;
  return l4_ipc_call(pfc, utcb, l4_msgtag(L4_PROTO_PLATFORM_CTL, 3, 0, 0), L4_IPC_NEVER);
}

L4_INLINE l4_msgtag_t l4_platform_ctl_cpu_allow_shutdown(l4_cap_idx_t pfc, l4_umword_t phys_id,
                                                         l4_umword_t enable) L4_NOTHROW
{
  return l4_platform_ctl_cpu_allow_shutdown_u(pfc, phys_id, enable, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_platform_ctl_cpu_enable_u(l4_cap_idx_t pfc, l4_umword_t phys_id,
                                                   l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_platform_ctl_op(pfc, L4_PLATFORM_CTL_CPU_ENABLE_OP, phys_id, utcb);
}

L4_INLINE l4_msgtag_t l4_platform_ctl_cpu_enable(l4_cap_idx_t pfc, l4_umword_t phys_id) L4_NOTHROW
{
  return l4_platform_ctl_cpu_enable_u(pfc, phys_id, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_platform_ctl_cpu_disable_u(l4_cap_idx_t pfc, l4_umword_t phys_id,
                                                    l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_platform_ctl_op(pfc, L4_PLATFORM_CTL_CPU_DISABLE_OP, phys_id, utcb);
}

L4_INLINE l4_msgtag_t l4_platform_ctl_cpu_disable(l4_cap_idx_t pfc, l4_umword_t phys_id) L4_NOTHROW
{
  return l4_platform_ctl_cpu_disable_u(pfc, phys_id, l4_utcb());
}

L4_END_DECLS

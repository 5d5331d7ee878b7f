// SPDX-License-Identifier: MIT
/** Interrupt controllers, of the kernel or of a server (kernel-objects.md section 7). */
#pragma once

#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <l4/sys/ipc.h>
#include <l4/sys/irq.h>

enum L4_icu_flags {
  /** Feature: MSIs. Or-ed into an interrupt number it names an MSI. */
  L4_ICU_FLAG_MSI = 0x80000000U,
};

/** Trigger mode of a pin. */
enum L4_irq_mode {
  L4_IRQ_F_NONE = 0,
  L4_IRQ_F_SET_MODE = 0x1,
  L4_IRQ_F_LEVEL = 0x2,
  L4_IRQ_F_EDGE = 0x0,
  L4_IRQ_F_POS = 0x0,
  L4_IRQ_F_NEG = 0x4,
  L4_IRQ_F_BOTH = 0x8,
  L4_IRQ_F_LEVEL_HIGH = 0x3,
  L4_IRQ_F_LEVEL_LOW = 0x7,
  L4_IRQ_F_POS_EDGE = 0x1,
  L4_IRQ_F_NEG_EDGE = 0x5,
  L4_IRQ_F_BOTH_EDGE = 0x9,
  L4_IRQ_F_MASK = 0xf,
  L4_IRQ_F_SET_WAKEUP = 0x10,
  L4_IRQ_F_CLEAR_WAKEUP = 0x20,
};

enum L4_icu_opcode {
  L4_ICU_OP_BIND = 0,
  L4_ICU_OP_UNBIND = 1,
  L4_ICU_OP_INFO = 2,
  L4_ICU_OP_MSI_INFO = 3,
  L4_ICU_OP_UNMASK = 4,
  L4_ICU_OP_MASK = 5,
  L4_ICU_OP_SET_MODE = 6,
};

enum L4_icu_ctl_op {
  L4_ICU_CTL_UNMASK = 0,
  L4_ICU_CTL_MASK = 1,
};

typedef struct l4_icu_info_t {
  /** L4_icu_flags */
  unsigned features;
  unsigned nr_irqs;
  unsigned nr_msis;
} l4_icu_info_t;

/** What a device writes to raise an MSI. */
typedef struct l4_icu_msi_info_t {
  l4_uint64_t msi_addr;
  l4_uint32_t msi_data;
} l4_icu_msi_info_t;

L4_BEGIN_DECLS

/** Bind or unbind `irq` (W right) and pin `irqnum`. */
L4_INLINE l4_msgtag_t __l4_icu_bind_op(l4_cap_idx_t icu, l4_umword_t op, unsigned irqnum,
                                       l4_cap_idx_t irq, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = op;
  m->mr[1] = irqnum;
  __l4_cap_argument(m, 2, irq);
  return l4_ipc_call(icu, utcb, l4_msgtag(L4_PROTO_IRQ, 2, 1, 0), L4_IPC_NEVER);
}

/** Label 0: unmask through the IRQ object; 1: unmask through the ICU. */
L4_INLINE l4_msgtag_t l4_icu_bind_u(l4_cap_idx_t icu, unsigned irqnum, l4_cap_idx_t irq,
                                    l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_icu_bind_op(icu, L4_ICU_OP_BIND, irqnum, irq, utcb);
}

L4_INLINE l4_msgtag_t l4_icu_bind(l4_cap_idx_t icu, unsigned irqnum, l4_cap_idx_t irq) L4_NOTHROW
{
  return l4_icu_bind_u(icu, irqnum, irq, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_icu_unbind_u(l4_cap_idx_t icu, unsigned irqnum, l4_cap_idx_t irq,
                                      l4_utcb_t *utcb) L4_NOTHROW
{
  return __l4_icu_bind_op(icu, L4_ICU_OP_UNBIND, irqnum, irq, utcb);
}

L4_INLINE l4_msgtag_t l4_icu_unbind(l4_cap_idx_t icu, unsigned irqnum, l4_cap_idx_t irq) L4_NOTHROW
{
  return l4_icu_unbind_u(icu, irqnum, irq, l4_utcb());
}

/** \param mode  L4_irq_mode */
L4_INLINE l4_msgtag_t l4_icu_set_mode_u(l4_cap_idx_t icu, unsigned irqnum, l4_umword_t mode,
                                        l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_ICU_OP_SET_MODE;
  m->mr[1] = irqnum;
  m->mr[2] = mode;
  return l4_ipc_call(icu, utcb, l4_msgtag(L4_PROTO_IRQ, 3, 0, 0), L4_IPC_NEVER);
}

L4_INLINE l4_msgtag_t l4_icu_set_mode(l4_cap_idx_t icu, unsigned irqnum,
                                      l4_umword_t mode) L4_NOTHROW
{
  return l4_icu_set_mode_u(icu, irqnum, mode, l4_utcb());
}

/** \param[out] info  Written on success. */
L4_INLINE l4_msgtag_t l4_icu_info_u(l4_cap_idx_t icu, l4_icu_info_t *info,
                                    l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_ICU_OP_INFO;

  l4_msgtag_t result = l4_ipc_call(icu, utcb, l4_msgtag(L4_PROTO_IRQ, 1, 0, 0), L4_IPC_NEVER);
  if (l4_error_u(result, utcb) >= 0) {
    info->features = (unsigned)m->mr[0];
    info->nr_irqs = (unsigned)m->mr[1];
    info->nr_msis = (unsigned)m->mr[2];
  }
  return result;
}

L4_INLINE l4_msgtag_t l4_icu_info(l4_cap_idx_t icu, l4_icu_info_t *info) L4_NOTHROW
{
  return l4_icu_info_u(icu, info, l4_utcb());
}

/**
 * \param      irqnum  MSI number, with L4_ICU_FLAG_MSI set.
 * \param      source  Identification of the device (kernel-objects.md section 7).
 * \param[out] info    Written on success.
 */
L4_INLINE l4_msgtag_t l4_icu_msi_info_u(l4_cap_idx_t icu, unsigned irqnum, l4_uint64_t source,
                                        l4_icu_msi_info_t *info, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_ICU_OP_MSI_INFO;
  m->mr[1] = irqnum;
  m->mr64[2] = source;

  l4_msgtag_t result = l4_ipc_call(icu, utcb, l4_msgtag(L4_PROTO_IRQ, 3, 0, 0), L4_IPC_NEVER);
  if (l4_error_u(result, utcb) >= 0) {
    info->msi_addr = m->mr64[0];
    info->msi_data = (l4_uint32_t)m->mr[1];
  }
  return result;
}

L4_INLINE l4_msgtag_t l4_icu_msi_info(l4_cap_idx_t icu, unsigned irqnum, l4_uint64_t source,
                                      l4_icu_msi_info_t *info) L4_NOTHROW
{
  return l4_icu_msi_info_u(icu, irqnum, source, info, l4_utcb());
}

/**
 * Mask or unmask a pin; the ICU does not answer.
 * \param      op     L4_icu_ctl_op
 * \param[out] label  If not 0: wait for any message afterwards, this receives its label.
 */
L4_INLINE l4_msgtag_t l4_icu_control_u(l4_cap_idx_t icu, unsigned irqnum, unsigned op,
                                       l4_umword_t *label, l4_timeout_t timeout,
                                       l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  l4_msgtag_t tag = l4_msgtag(L4_PROTO_IRQ, 2, 0, 0);

  m->mr[0] = L4_ICU_OP_UNMASK + op;
  m->mr[1] = irqnum;
  return label ? l4_ipc_send_and_wait(icu, utcb, tag, label, timeout)
               : l4_ipc_send(icu, utcb, tag, timeout);
}

L4_INLINE l4_msgtag_t l4_icu_mask_u(l4_cap_idx_t icu, unsigned irqnum, l4_umword_t *label,
                                    l4_timeout_t timeout, l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_icu_control_u(icu, irqnum, L4_ICU_CTL_MASK, label, timeout, utcb);
}

L4_INLINE l4_msgtag_t l4_icu_mask(l4_cap_idx_t icu, unsigned irqnum, l4_umword_t *label,
                                  l4_timeout_t timeout) L4_NOTHROW
{
  return l4_icu_mask_u(icu, irqnum, label, timeout, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_icu_unmask_u(l4_cap_idx_t icu, unsigned irqnum, l4_umword_t *label,
                                      l4_timeout_t timeout, l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_icu_control_u(icu, irqnum, L4_ICU_CTL_UNMASK, label, timeout, utcb);
}

L4_INLINE l4_msgtag_t l4_icu_unmask(l4_cap_idx_t icu, unsigned irqnum, l4_umword_t *label,
                                    l4_timeout_t timeout) L4_NOTHROW
{
  return l4_icu_unmask_u(icu, irqnum, label, timeout, l4_utcb());
}

L4_END_DECLS

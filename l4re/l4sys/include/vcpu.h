// SPDX-License-Identifier: MIT
/** State area of a virtual CPU (kernel-entry.md section 10). */
#pragma once

#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <l4/sys/arch/vcpu.h>

/** Flags of l4_vcpu_state_t::state and saved_state. */
enum L4_vcpu_state_flags {
  L4_VCPU_F_IRQ = 0x01,
  L4_VCPU_F_PAGE_FAULTS = 0x02,
  L4_VCPU_F_EXCEPTIONS = 0x04,
  L4_VCPU_F_USER_MODE = 0x20,
  L4_VCPU_F_FPU_ENABLED = 0x80,
};

enum L4_vcpu_sticky_flags {
  L4_VCPU_SF_IRQ_PENDING = 0x01,
};

enum L4_vcpu_state_offset {
  /** Extended state, bytes from the start of the area. */
  L4_VCPU_OFFSET_EXT_STATE = 0x400,
  L4_VCPU_OFFSET_EXT_INFOS = 0x200,
};

typedef struct l4_vcpu_state_t {
  /** L4_VCPU_STATE_VERSION after enabling. */
  l4_umword_t version;
  l4_umword_t user_data[7];
  l4_vcpu_regs_t r;
  l4_vcpu_ipc_regs_t i;

  l4_uint16_t state;
  l4_uint16_t saved_state;
  l4_uint16_t sticky_flags;
  l4_uint16_t _reserved;

  /** Task used in user mode; the kernel sets bit 0 when it has looked it up. */
  l4_cap_idx_t user_task;
  l4_umword_t entry_sp;
  l4_umword_t entry_ip;
  l4_umword_t reserved_sp;
  l4_vcpu_arch_state_t arch_state;
} l4_vcpu_state_t;

L4_BEGIN_DECLS

/** 1 if the kernel and this header agree on the layout. */
L4_INLINE int l4_vcpu_check_version(l4_vcpu_state_t const *vcpu) L4_NOTHROW
{
  return vcpu->version == L4_VCPU_STATE_VERSION;
}

L4_END_DECLS

// SPDX-License-Identifier: MIT
/** Registers of a virtual CPU on amd64 (kernel-entry.md section 10). */
#pragma once

#include <l4/sys/types.h>

enum {
  L4_VCPU_STATE_VERSION = 0x26,
  /* Bytes to reserve for a state area. */
  L4_VCPU_STATE_SIZE = 0x200,
  L4_VCPU_STATE_EXT_SIZE = 0x1000,
};

/** A register known under its 64-bit and its short name. */
#define __L4_VCPU_REG(name)                                                                        \
  union {                                                                                          \
    l4_umword_t r##name;                                                                           \
    l4_umword_t name;                                                                              \
  }

/** Layout of l4_exc_regs_t. */
typedef struct l4_vcpu_regs_t {
  l4_umword_t r15, r14, r13, r12, r11, r10, r9, r8;
  __L4_VCPU_REG(di);
  __L4_VCPU_REG(si);
  __L4_VCPU_REG(bp);
  l4_umword_t pfa;
  __L4_VCPU_REG(bx);
  __L4_VCPU_REG(dx);
  __L4_VCPU_REG(cx);
  __L4_VCPU_REG(ax);
  l4_umword_t trapno, err;
  l4_umword_t ip;
  l4_umword_t dummy1;
  l4_umword_t flags;
  l4_umword_t sp;
  l4_umword_t ss;
  l4_umword_t fs_base, gs_base;
  l4_uint16_t ds, es, fs, gs;
} l4_vcpu_regs_t;

#undef __L4_VCPU_REG

typedef struct l4_vcpu_arch_state_t {
  l4_umword_t host_fs_base;
  l4_umword_t host_gs_base;
  l4_uint16_t host_ds, host_es, host_fs, host_gs;
  l4_uint16_t user_ds32;
  l4_uint16_t user_cs64;
  l4_uint16_t user_cs32;
} l4_vcpu_arch_state_t;

/** Label and tag of a message that was received while running. */
typedef struct l4_vcpu_ipc_regs_t {
  l4_umword_t _res0;
  l4_umword_t label;
  l4_umword_t _res1[5];
  l4_msgtag_t tag;
} l4_vcpu_ipc_regs_t;

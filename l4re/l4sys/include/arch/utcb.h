// SPDX-License-Identifier: MIT
/** Exception state of amd64 (kernel-entry.md section 6). */
#pragma once

#include <l4/sys/types.h>

enum L4_utcb_consts_arch {
  /** Words of l4_exc_regs_t. */
  L4_UTCB_EXCEPTION_REGS_SIZE = 26,
};

/** Register state of an exception message; it overlays MR0..MR25. */
typedef struct l4_exc_regs_t {
  l4_umword_t r15, r14, r13, r12, r11, r10, r9, r8;
  l4_umword_t rdi, rsi, rbp;
  /** Fault address (CR2), or the I/O flexpage of a refused port access. */
  l4_umword_t pfa;
  l4_umword_t rbx, rdx, rcx, rax;
  l4_umword_t trapno, err;
  l4_umword_t ip;
  /** Code segment, not writable by handlers. */
  l4_umword_t dummy1;
  l4_umword_t flags;
  l4_umword_t sp;
  l4_umword_t ss;
  l4_umword_t fs_base, gs_base;
  l4_uint16_t ds, es, fs, gs;
} l4_exc_regs_t;

L4_BEGIN_DECLS

L4_INLINE l4_umword_t l4_utcb_exc_pc(l4_exc_regs_t const *u) L4_NOTHROW
{
  return u->ip;
}

L4_INLINE void l4_utcb_exc_pc_set(l4_exc_regs_t *u, l4_addr_t pc) L4_NOTHROW
{
  u->ip = pc;
}

/** Trap number: of the CPU, or 0xff (ex_regs), 0xfe (vCPU message), 0xfd (system call). */
L4_INLINE unsigned long l4_utcb_exc_typeval(l4_exc_regs_t const *u) L4_NOTHROW
{
  return u->trapno;
}

L4_INLINE int l4_utcb_exc_is_pf(l4_exc_regs_t const *u) L4_NOTHROW
{
  return u->trapno == 14;
}

L4_INLINE int l4_utcb_exc_is_ex_regs_exception(l4_exc_regs_t const *u) L4_NOTHROW
{
  return u->trapno == 0xff;
}

/** Fault address in the format of a page-fault message: bit 1 set for a write. */
L4_INLINE l4_addr_t l4_utcb_exc_pfa(l4_exc_regs_t const *u) L4_NOTHROW
{
  return (u->pfa & ~7UL) | (u->err & 2);
}

L4_END_DECLS

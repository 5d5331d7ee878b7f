// SPDX-License-Identifier: MIT
/**
 * User-level thread control block: message registers, buffer registers, thread control registers
 * (kernel-entry.md section 5).
 */
#pragma once

#include <l4/sys/types.h>
#include <l4/sys/arch/syscall.h>
#include <l4/sys/arch/utcb.h>

/** Opaque; use the register blocks below. */
typedef struct l4_utcb_t l4_utcb_t;

enum L4_utcb_consts {
  /** Message registers that carry data. */
  L4_UTCB_GENERIC_DATA_SIZE = 63,
  L4_UTCB_GENERIC_BUFFERS_SIZE = 58,
  /* Byte offsets in the UTCB. */
  L4_UTCB_MSG_REGS_OFFSET = 0,
  L4_UTCB_BUF_REGS_OFFSET = 0x200,
  L4_UTCB_THREAD_REGS_OFFSET = 0x3d8,
  /** Distance of UTCBs in a kernel-user memory area, bytes. */
  L4_UTCB_OFFSET = 0x400,
  /** BDR flag: take FPU state from a sender. */
  L4_UTCB_INHERIT_FPU = 1UL << 24,
};

typedef union l4_msg_regs_t {
  l4_umword_t mr[L4_UTCB_GENERIC_DATA_SIZE];
  l4_uint64_t mr64[L4_UTCB_GENERIC_DATA_SIZE];
} l4_msg_regs_t;

typedef struct l4_buf_regs_t {
  l4_umword_t bdr;
  l4_umword_t br[L4_UTCB_GENERIC_BUFFERS_SIZE];
} l4_buf_regs_t;

typedef struct l4_thread_regs_t {
  /** Code of the last failed operation; meaningful only when the result tag says error. */
  l4_umword_t error;
  /** Set to 0 by the kernel when it stops using the UTCB. */
  l4_umword_t free_marker;
  /** Never touched by the kernel. */
  l4_umword_t user[3];
} l4_thread_regs_t;

L4_BEGIN_DECLS

/** Out-of-line, weak form of l4_utcb() for code that must not depend on the ABI of the pointer. */
L4_CV l4_utcb_t *l4_utcb_wrap(void) L4_NOTHROW L4_PURE;

L4_INLINE l4_utcb_t *l4_utcb_direct(void) L4_NOTHROW
{
  return (l4_utcb_t *)l4_arch_utcb();
}

/** The calling thread's UTCB. */
L4_INLINE l4_utcb_t *l4_utcb(void) L4_NOTHROW
{
#ifdef L4SYS_USE_UTCB_WRAP
  return l4_utcb_wrap();
#else
  return l4_utcb_direct();
#endif
}

L4_INLINE l4_msg_regs_t *l4_utcb_mr_u(l4_utcb_t *u) L4_NOTHROW
{
  return (l4_msg_regs_t *)((char *)u + L4_UTCB_MSG_REGS_OFFSET);
}

L4_INLINE l4_buf_regs_t *l4_utcb_br_u(l4_utcb_t *u) L4_NOTHROW
{
  return (l4_buf_regs_t *)((char *)u + L4_UTCB_BUF_REGS_OFFSET);
}

L4_INLINE l4_thread_regs_t *l4_utcb_tcr_u(l4_utcb_t *u) L4_NOTHROW
{
  return (l4_thread_regs_t *)((char *)u + L4_UTCB_THREAD_REGS_OFFSET);
}

/** The exception state that a received exception message left in the message registers. */
L4_INLINE l4_exc_regs_t *l4_utcb_exc_u(l4_utcb_t *u) L4_NOTHROW
{
  return (l4_exc_regs_t *)((char *)u + L4_UTCB_MSG_REGS_OFFSET);
}

L4_INLINE l4_msg_regs_t *l4_utcb_mr(void) L4_NOTHROW
{
  return l4_utcb_mr_u(l4_utcb());
}

L4_INLINE l4_buf_regs_t *l4_utcb_br(void) L4_NOTHROW
{
  return l4_utcb_br_u(l4_utcb());
}

L4_INLINE l4_thread_regs_t *l4_utcb_tcr(void) L4_NOTHROW
{
  return l4_utcb_tcr_u(l4_utcb());
}

L4_INLINE l4_exc_regs_t *l4_utcb_exc(void) L4_NOTHROW
{
  return l4_utcb_exc_u(l4_utcb());
}

/** Say whether FPU state is taken from senders. */
L4_INLINE void l4_utcb_inherit_fpu_u(l4_utcb_t *u, int switch_on) L4_NOTHROW
{
  if (switch_on)
    l4_utcb_br_u(u)->bdr |= L4_UTCB_INHERIT_FPU;
  else
    l4_utcb_br_u(u)->bdr &= ~(l4_umword_t)L4_UTCB_INHERIT_FPU;
}

L4_INLINE void l4_utcb_inherit_fpu(int switch_on) L4_NOTHROW
{
  l4_utcb_inherit_fpu_u(l4_utcb(), switch_on);
}

/** Buffer descriptor word from the indices of the first memory, I/O and object buffer. */
L4_INLINE L4_CONSTEXPR l4_umword_t l4_bdr(unsigned mem, unsigned io, unsigned obj,
                                          l4_umword_t flags) L4_NOTHROW
{
  return ((l4_umword_t)(mem & 0x1f) << L4_BDR_MEM_SHIFT) |
         ((l4_umword_t)(io & 0x1f) << L4_BDR_IO_SHIFT) |
         ((l4_umword_t)(obj & 0x1f) << L4_BDR_OBJ_SHIFT) | flags;
}

/**
 * Absolute timeout.
 * \param deadline  Kernel clock, microseconds; a time not in the future has expired.
 * \param br        Buffer register that keeps the deadline (0..57); it must stay untouched until
 *                  the operation is over.
 */
L4_INLINE l4_timeout_s l4_timeout_abs_u(l4_kernel_clock_t deadline, int br,
                                        l4_utcb_t *utcb) L4_NOTHROW
{
  l4_timeout_s t = {(l4_uint16_t)(0x8000 | (br & 0x3f))};
  l4_utcb_br_u(utcb)->br[br] = deadline;
  return t;
}

L4_INLINE l4_timeout_s l4_timeout_abs(l4_kernel_clock_t deadline, int br) L4_NOTHROW
{
  return l4_timeout_abs_u(deadline, br, l4_utcb());
}

/** Index into mr64 of the value that starts at word `idx` or at the next aligned one. */
L4_INLINE L4_CONSTEXPR unsigned l4_utcb_mr64_idx(unsigned idx) L4_NOTHROW
{
  return idx;
}

L4_END_DECLS

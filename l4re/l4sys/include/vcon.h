// SPDX-License-Identifier: MIT
/** Virtual console (kernel-objects.md section 10, l4re-protocols.md section 6). */
#pragma once

#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <l4/sys/ipc.h>

enum L4_vcon_size_consts {
  /** Most bytes in one write. */
  L4_VCON_WRITE_SIZE = (L4_UTCB_GENERIC_DATA_SIZE - 2) * sizeof(l4_umword_t),
  /** Most bytes in one read. */
  L4_VCON_READ_SIZE = (L4_UTCB_GENERIC_DATA_SIZE - 1) * sizeof(l4_umword_t),
};

/** Status word of a read. */
enum L4_vcon_read_flags {
  L4_VCON_READ_SIZE_MASK = 0x3fffffff,
  L4_VCON_READ_STAT_BREAK = 1 << 30,
  /** Nothing is left to read. */
  L4_VCON_READ_STAT_DONE = (int)(1U << 31),
};

enum L4_vcon_i_flags {
  L4_VCON_INLCR = 000100,
  L4_VCON_IGNCR = 000200,
  L4_VCON_ICRNL = 000400,
};

enum L4_vcon_o_flags {
  L4_VCON_ONLCR = 000004,
  L4_VCON_OCRNL = 000010,
  L4_VCON_ONLRET = 000040,
};

enum L4_vcon_l_flags {
  L4_VCON_ICANON = 000002,
  L4_VCON_ECHO = 000010,
};

enum L4_vcon_ops {
  L4_VCON_WRITE_OP = 0,
  L4_VCON_READ_OP = 1,
  L4_VCON_SET_ATTR_OP = 2,
  L4_VCON_GET_ATTR_OP = 3,
};

typedef struct l4_vcon_attr_t {
  /** L4_vcon_i_flags */
  l4_umword_t i_flags;
  /** L4_vcon_o_flags */
  l4_umword_t o_flags;
  /** L4_vcon_l_flags */
  l4_umword_t l_flags;
#ifdef __cplusplus
  /** Switch all processing off. */
  void set_raw() noexcept
  {
    i_flags = o_flags = l_flags = 0;
  }
#endif
} l4_vcon_attr_t;

L4_BEGIN_DECLS

/** Switch all processing off. */
L4_INLINE void l4_vcon_set_attr_raw(l4_vcon_attr_t *attr) L4_NOTHROW
{
  attr->i_flags = attr->o_flags = attr->l_flags = 0;
}

/**
 * Write in one message without an answer.
 * \param size  At most L4_VCON_WRITE_SIZE bytes, else label -L4_EMSGTOOLONG without a system call.
 */
L4_INLINE l4_msgtag_t l4_vcon_send_u(l4_cap_idx_t vcon, char const *buf, unsigned size,
                                     l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);

  if (size > L4_VCON_WRITE_SIZE) return l4_msgtag(-L4_EMSGTOOLONG, 0, 0, 0);
  m->mr[0] = L4_VCON_WRITE_OP;
  m->mr[1] = size;
  if (size % sizeof(l4_umword_t)) /* nothing of an earlier message shall leak */
    m->mr[1 + l4_bytes_to_mwords(size)] = 0;
  __builtin_memcpy(&m->mr[2], buf, size);
  return l4_ipc_send(vcon, utcb,
                     l4_msgtag(L4_PROTO_LOG, 2 + l4_bytes_to_mwords(size), 0, L4_MSGTAG_SCHEDULE),
                     L4_IPC_NEVER);
}

L4_INLINE l4_msgtag_t l4_vcon_send(l4_cap_idx_t vcon, char const *buf, unsigned size) L4_NOTHROW
{
  return l4_vcon_send_u(vcon, buf, size, l4_utcb());
}

/** Write the beginning of a buffer; returns the bytes written or a negated error code. */
L4_INLINE long l4_vcon_write_u(l4_cap_idx_t vcon, char const *buf, unsigned size,
                               l4_utcb_t *utcb) L4_NOTHROW
{
  if (size > L4_VCON_WRITE_SIZE) size = L4_VCON_WRITE_SIZE;

  l4_msgtag_t result = l4_vcon_send_u(vcon, buf, size, utcb);
  return l4_msgtag_has_error(result) ? l4_error_u(result, utcb) : (long)size;
}

L4_INLINE long l4_vcon_write(l4_cap_idx_t vcon, char const *buf, unsigned size) L4_NOTHROW
{
  return l4_vcon_write_u(vcon, buf, size, l4_utcb());
}

/**
 * Read.
 * \param[out] buf   Receives at most `size` bytes; may be 0.
 * \return Bytes read, `size + 1` if more can be read, or a negated error code. A received break
 *         is reported in L4_VCON_READ_STAT_BREAK.
 */
L4_INLINE int l4_vcon_read_with_flags_u(l4_cap_idx_t vcon, char *buf, unsigned size,
                                        l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);

  if (size > L4_VCON_READ_SIZE) size = L4_VCON_READ_SIZE;
  m->mr[0] = ((l4_umword_t)size << 16) | L4_VCON_READ_OP;

  l4_msgtag_t result = l4_ipc_call(vcon, utcb, l4_msgtag(L4_PROTO_LOG, 1, 0, 0), L4_IPC_NEVER);
  l4_ret_t error = l4_error_u(result, utcb);
  if (error < 0) return error;

  unsigned status = (unsigned)m->mr[0];
  unsigned count = status & L4_VCON_READ_SIZE_MASK;
  if (count > size) count = size;
  if (buf) __builtin_memcpy(buf, &m->mr[1], count);
  if (!(status & (unsigned)L4_VCON_READ_STAT_DONE)) count = size + 1;
  return (int)(count | (status & L4_VCON_READ_STAT_BREAK));
}

L4_INLINE int l4_vcon_read_with_flags(l4_cap_idx_t vcon, char *buf, unsigned size) L4_NOTHROW
{
  return l4_vcon_read_with_flags_u(vcon, buf, size, l4_utcb());
}

/** As l4_vcon_read_with_flags_u() without the break flag. */
L4_INLINE int l4_vcon_read_u(l4_cap_idx_t vcon, char *buf, unsigned size,
                             l4_utcb_t *utcb) L4_NOTHROW
{
  int result = l4_vcon_read_with_flags_u(vcon, buf, size, utcb);
  return result < 0 ? result : result & L4_VCON_READ_SIZE_MASK;
}

L4_INLINE int l4_vcon_read(l4_cap_idx_t vcon, char *buf, unsigned size) L4_NOTHROW
{
  return l4_vcon_read_u(vcon, buf, size, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_vcon_set_attr_u(l4_cap_idx_t vcon, l4_vcon_attr_t const *attr,
                                         l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_VCON_SET_ATTR_OP;
  m->mr[1] = attr->i_flags;
  m->mr[2] = attr->o_flags;
  m->mr[3] = attr->l_flags;
  return l4_ipc_call(vcon, utcb, l4_msgtag(L4_PROTO_LOG, 4, 0, 0), L4_IPC_NEVER);
}

L4_INLINE l4_msgtag_t l4_vcon_set_attr(l4_cap_idx_t vcon, l4_vcon_attr_t const *attr) L4_NOTHROW
{
  return l4_vcon_set_attr_u(vcon, attr, l4_utcb());
}

/** \param[out] attr  Written on success. */
L4_INLINE l4_msgtag_t l4_vcon_get_attr_u(l4_cap_idx_t vcon, l4_vcon_attr_t *attr,
                                         l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_VCON_GET_ATTR_OP;

  l4_msgtag_t result = l4_ipc_call(vcon, utcb, l4_msgtag(L4_PROTO_LOG, 1, 0, 0), L4_IPC_NEVER);
  if (l4_error_u(result, utcb) >= 0) {
    attr->i_flags = m->mr[1];
    attr->o_flags = m->mr[2];
    attr->l_flags = m->mr[3];
  }
  return result;
}

L4_INLINE l4_msgtag_t l4_vcon_get_attr(l4_cap_idx_t vcon, l4_vcon_attr_t *attr) L4_NOTHROW
{
  return l4_vcon_get_attr_u(vcon, attr, l4_utcb());
}

L4_END_DECLS

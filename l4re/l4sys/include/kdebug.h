// SPDX-License-Identifier: MIT
/**
 * Output through the kernel debugger, for programs in trouble. It needs nothing but the debugger
 * capability, and leaves the message registers as they were, so that it may be used while a
 * message is being composed.
 */
#pragma once

#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <l4/sys/ipc.h>

enum L4_kdebug_groups {
  L4_KDEBUG_GROUP_JDB = 0x000,
  L4_KDEBUG_GROUP_KOBJ = 0x100,
  L4_KDEBUG_GROUP_TRACE = 0x200,
  L4_KDEBUG_GROUP_COV = 0x400,
  L4_KDEBUG_GROUP_DUMP = 0x500,
};

enum l4_kdebug_ops_t {
  L4_KDEBUG_ENTER = 0,
  L4_KDEBUG_OUTCHAR = 1,
  L4_KDEBUG_OUTNSTRING = 2,
  L4_KDEBUG_OUTHEX32 = 3,
  L4_KDEBUG_OUTHEX20 = 4,
  L4_KDEBUG_OUTHEX16 = 5,
  L4_KDEBUG_OUTHEX12 = 6,
  L4_KDEBUG_OUTHEX8 = 7,
  L4_KDEBUG_OUTDEC = 8,
};

enum { __L4_KDEBUG_TEXT_MAX = (L4_UTCB_GENERIC_DATA_SIZE - 2) * sizeof(l4_umword_t) };

L4_BEGIN_DECLS

L4_INLINE l4_msgtag_t __l4_kdebug_call(unsigned words, l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_ipc_call(L4_BASE_DEBUGGER_CAP, utcb, l4_msgtag(L4_PROTO_DEBUGGER, words, 0, 0),
                     L4_IPC_NEVER);
}

/** Operation with one word. */
L4_INLINE l4_msgtag_t __l4_kdebug_op_1(unsigned op, l4_umword_t value) L4_NOTHROW
{
  l4_utcb_t *utcb = l4_utcb();
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  l4_umword_t saved0 = m->mr[0], saved1 = m->mr[1];

  m->mr[0] = op;
  m->mr[1] = value;
  l4_msgtag_t result = __l4_kdebug_call(2, utcb);
  m->mr[0] = saved0;
  m->mr[1] = saved1;
  return result;
}

/** Operation without arguments. */
L4_INLINE l4_msgtag_t __l4_kdebug_op(unsigned op) L4_NOTHROW
{
  l4_utcb_t *utcb = l4_utcb();
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  l4_umword_t saved = m->mr[0];

  m->mr[0] = op;
  l4_msgtag_t result = __l4_kdebug_call(1, utcb);
  m->mr[0] = saved;
  return result;
}

/** Operation with a text, of which __L4_KDEBUG_TEXT_MAX bytes are used. */
L4_INLINE l4_msgtag_t __l4_kdebug_text(unsigned op, char const *text, unsigned len) L4_NOTHROW
{
  l4_utcb_t *utcb = l4_utcb();
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  l4_msg_regs_t saved = *m;

  if (len > __L4_KDEBUG_TEXT_MAX) len = __L4_KDEBUG_TEXT_MAX;
  m->mr[0] = op;
  m->mr[1] = len;
  __builtin_memcpy(&m->mr[2], text, len);
  l4_msgtag_t result = __l4_kdebug_call(2 + l4_bytes_to_mwords(len), utcb);
  *m = saved;
  return result;
}

/** Operation with three words and a text. */
L4_INLINE l4_msgtag_t __l4_kdebug_3_text(unsigned op, char const *text, unsigned len,
                                         l4_umword_t v1, l4_umword_t v2, l4_umword_t v3) L4_NOTHROW
{
  l4_utcb_t *utcb = l4_utcb();
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  l4_msg_regs_t saved = *m;

  if (len > __L4_KDEBUG_TEXT_MAX - 3 * sizeof(l4_umword_t))
    len = __L4_KDEBUG_TEXT_MAX - 3 * sizeof(l4_umword_t);
  m->mr[0] = op;
  m->mr[1] = v1;
  m->mr[2] = v2;
  m->mr[3] = v3;
  m->mr[4] = len;
  __builtin_memcpy(&m->mr[5], text, len);
  l4_msgtag_t result = __l4_kdebug_call(5 + l4_bytes_to_mwords(len), utcb);
  *m = saved;
  return result;
}

/** Enter the debugger. */
L4_INLINE void l4_kd_enter(char const *text) L4_NOTHROW
{
  __l4_kdebug_text(L4_KDEBUG_ENTER, text, (unsigned)__builtin_strlen(text));
}

L4_INLINE void l4_kd_outchar(char c) L4_NOTHROW
{
  __l4_kdebug_op_1(L4_KDEBUG_OUTCHAR, (unsigned char)c);
}

L4_INLINE void l4_kd_outnstring(char const *text, unsigned len) L4_NOTHROW
{
  while (len) {
    unsigned part = len;
    if (part > __L4_KDEBUG_TEXT_MAX) part = __L4_KDEBUG_TEXT_MAX;
    __l4_kdebug_text(L4_KDEBUG_OUTNSTRING, text, part);
    text += part;
    len -= part;
  }
}

L4_INLINE void l4_kd_outstring(char const *text) L4_NOTHROW
{
  l4_kd_outnstring(text, (unsigned)__builtin_strlen(text));
}

L4_INLINE void l4_kd_outdec(l4_mword_t number) L4_NOTHROW
{
  __l4_kdebug_op_1(L4_KDEBUG_OUTDEC, (l4_umword_t)number);
}

L4_INLINE void l4_kd_outhex32(l4_uint32_t number) L4_NOTHROW
{
  __l4_kdebug_op_1(L4_KDEBUG_OUTHEX32, number);
}

L4_INLINE void l4_kd_outhex64(l4_uint64_t number) L4_NOTHROW
{
  l4_kd_outhex32((l4_uint32_t)(number >> 32));
  l4_kd_outhex32((l4_uint32_t)number);
}

L4_INLINE void l4_kd_outumword(l4_umword_t number) L4_NOTHROW
{
  l4_kd_outhex64(number);
}

L4_INLINE void l4_kd_outhex20(l4_uint32_t number) L4_NOTHROW
{
  __l4_kdebug_op_1(L4_KDEBUG_OUTHEX20, number);
}

L4_INLINE void l4_kd_outhex16(l4_uint16_t number) L4_NOTHROW
{
  __l4_kdebug_op_1(L4_KDEBUG_OUTHEX16, number);
}

L4_INLINE void l4_kd_outhex12(l4_uint16_t number) L4_NOTHROW
{
  __l4_kdebug_op_1(L4_KDEBUG_OUTHEX12, number);
}

L4_INLINE void l4_kd_outhex8(l4_uint8_t number) L4_NOTHROW
{
  __l4_kdebug_op_1(L4_KDEBUG_OUTHEX8, number);
}

L4_END_DECLS

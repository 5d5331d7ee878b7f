// SPDX-License-Identifier: MIT
/** The kernel's trace buffer (kernel-objects.md section 11, group 2). */
#pragma once

#include <l4/sys/kdebug.h>

enum {
  L4_KTRACE_VALIDATE = L4_KDEBUG_GROUP_TRACE | 0,
  L4_KTRACE_LOG = L4_KDEBUG_GROUP_TRACE | 1,
  L4_KTRACE_CLEAR = L4_KDEBUG_GROUP_TRACE | 2,
  L4_KTRACE_DUMP = L4_KDEBUG_GROUP_TRACE | 3,
  L4_KTRACE_LOG_3VAL = L4_KDEBUG_GROUP_TRACE | 4,
  L4_KTRACE_LOG_BINARY = L4_KDEBUG_GROUP_TRACE | 5,
  L4_KTRACE_MAP_STATUS = L4_KDEBUG_GROUP_TRACE | 0x10,
  L4_KTRACE_MAP_SLOTS = L4_KDEBUG_GROUP_TRACE | 0x11,
};

L4_BEGIN_DECLS

/** Whether the kernel keeps a trace: label 0, or -L4_ENOSYS. The operation number 0 is ours. */
L4_INLINE l4_msgtag_t fiasco_tbuf_validate(void) L4_NOTHROW
{
  return __l4_kdebug_op(L4_KTRACE_VALIDATE);
}

/** Add a text to the trace. */
L4_INLINE l4_umword_t fiasco_tbuf_log(char const *text) L4_NOTHROW
{
  return (l4_umword_t)l4_error(
      __l4_kdebug_text(L4_KTRACE_LOG, text, (unsigned)__builtin_strlen(text)));
}

/** Add a text and three values to the trace. */
L4_INLINE l4_umword_t fiasco_tbuf_log_3val(char const *text, l4_umword_t v1, l4_umword_t v2,
                                           l4_umword_t v3) L4_NOTHROW
{
  return (l4_umword_t)l4_error(
      __l4_kdebug_3_text(L4_KTRACE_LOG_3VAL, text, (unsigned)__builtin_strlen(text), v1, v2, v3));
}

/** Add 24 bytes to the trace. */
L4_INLINE l4_umword_t fiasco_tbuf_log_binary(unsigned char const *data) L4_NOTHROW
{
  return (l4_umword_t)l4_error(__l4_kdebug_text(L4_KTRACE_LOG_BINARY, (char const *)data, 24));
}

L4_INLINE void fiasco_tbuf_clear(void) L4_NOTHROW
{
  __l4_kdebug_op(L4_KTRACE_CLEAR);
}

L4_INLINE void fiasco_tbuf_dump(void) L4_NOTHROW
{
  __l4_kdebug_op(L4_KTRACE_DUMP);
}

/** Map the status page of the trace to the page at `addr`. */
L4_INLINE l4_msgtag_t fiasco_tbuf_map_status(l4_addr_t addr) L4_NOTHROW
{
  return __l4_kdebug_op_1(L4_KTRACE_MAP_STATUS, l4_fpage(addr, L4_PAGESHIFT, L4_FPAGE_RO).raw);
}

/** Map the entries of the trace to the 2^`order` bytes at `addr`. */
L4_INLINE l4_msgtag_t fiasco_tbuf_map_slots(l4_addr_t addr, unsigned order) L4_NOTHROW
{
  return __l4_kdebug_op_1(L4_KTRACE_MAP_SLOTS, l4_fpage(addr, order, L4_FPAGE_RO).raw);
}

L4_END_DECLS

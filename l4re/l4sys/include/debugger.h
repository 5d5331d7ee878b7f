// SPDX-License-Identifier: MIT
/**
 * Names and numbers of kernel objects in the kernel debugger (kernel-objects.md section 11). On
 * kernels without a debugger everything here fails and nothing else happens.
 */
#pragma once

#include <l4/sys/kernel_object.h>

/** Operations of the object group; l4_invoke_debugger() adds the group number. */
enum L4_debugger_ops {
  L4_DEBUGGER_KOBJ_SET_NAME_OP = 0,
  L4_DEBUGGER_KOBJ_GET_GLOBAL_ID_OP = 1,
  L4_DEBUGGER_KOBJ_PTR_GET_GLOBAL_ID_OP = 2,
  L4_DEBUGGER_LOG_QUERY_TYPEID_OP = 3,
  L4_DEBUGGER_LOG_SWITCH_OP = 4,
  L4_DEBUGGER_GLOBAL_ID_GET_NAME_OP = 5,
  L4_DEBUGGER_LOG_QUERY_NAME_OP = 6,
  L4_DEBUGGER_TASK_ADD_IMAGE_INFO_OP = 7,
  L4_DEBUGGER_KOBJ_GET_NAME_OP = 8,
  L4_DEBUGGER_OBJ_INFO_OP = 16,
};

enum L4_debugger_switch_log_flags {
  L4_DEBUGGER_SWITCH_LOG_ON = 1,
  L4_DEBUGGER_SWITCH_LOG_OFF = 0,
};

L4_BEGIN_DECLS

/**
 * Write a string with its NUL from message register `index` on, cut so that an object item still
 * fits behind it.
 * \return Number of words of the message with the string.
 */
L4_INLINE unsigned __l4_debugger_put_string(unsigned index, char const *s,
                                            l4_utcb_t *utcb) L4_NOTHROW
{
  l4_umword_t *mr = l4_utcb_mr_u(utcb)->mr;
  unsigned capacity = (L4_UTCB_GENERIC_DATA_SIZE - 2 - index) * sizeof(l4_umword_t);
  char *dst = (char *)&mr[index];
  unsigned i = 0;

  for (; i < capacity - 1 && s[i]; ++i)
    dst[i] = s[i];
  dst[i] = 0;
  return index + l4_bytes_to_mwords(i + 1);
}

/** Copy a string of at most `len` bytes, NUL included, out of received words; returns behind it. */
L4_INLINE char const *__l4_debugger_get_string(char const *src, char const *src_end, char *dst,
                                               unsigned len) L4_NOTHROW
{
  unsigned i = 0;
  for (; src < src_end && *src; ++src)
    if (len && i < len - 1) dst[i++] = *src;
  if (len) dst[i] = 0;
  return src < src_end ? src + 1 : src;
}

/** Give an object a name for debugging; long names are cut. */
L4_INLINE l4_msgtag_t l4_debugger_set_object_name_u(l4_cap_idx_t cap, char const *name,
                                                    l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = L4_DEBUGGER_KOBJ_SET_NAME_OP;
  unsigned words = __l4_debugger_put_string(1, name, utcb);
  return l4_invoke_debugger(cap, l4_msgtag(0, words, 0, 0), utcb);
}

L4_INLINE l4_msgtag_t l4_debugger_set_object_name(l4_cap_idx_t cap, char const *name) L4_NOTHROW
{
  return l4_debugger_set_object_name_u(cap, name, l4_utcb());
}

/** System-wide number of an object, ~0 on error. */
L4_INLINE unsigned long l4_debugger_global_id_u(l4_cap_idx_t cap, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = L4_DEBUGGER_KOBJ_GET_GLOBAL_ID_OP;
  l4_msgtag_t result = l4_invoke_debugger(cap, l4_msgtag(0, 1, 0, 0), utcb);
  return l4_error_u(result, utcb) < 0 ? ~0UL : l4_utcb_mr_u(utcb)->mr[0];
}

L4_INLINE unsigned long l4_debugger_global_id(l4_cap_idx_t cap) L4_NOTHROW
{
  return l4_debugger_global_id_u(cap, l4_utcb());
}

/** Number of the object at a kernel address, ~0 on error. */
L4_INLINE unsigned long l4_debugger_kobj_to_id_u(l4_cap_idx_t cap, l4_addr_t kobjp,
                                                 l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = L4_DEBUGGER_KOBJ_PTR_GET_GLOBAL_ID_OP;
  l4_utcb_mr_u(utcb)->mr[1] = kobjp;
  l4_msgtag_t result = l4_invoke_debugger(cap, l4_msgtag(0, 2, 0, 0), utcb);
  return l4_error_u(result, utcb) < 0 ? ~0UL : l4_utcb_mr_u(utcb)->mr[0];
}

L4_INLINE unsigned long l4_debugger_kobj_to_id(l4_cap_idx_t cap, l4_addr_t kobjp) L4_NOTHROW
{
  return l4_debugger_kobj_to_id_u(cap, kobjp, l4_utcb());
}

/** Number of the trace event `name`; `idx` counts events of the same name. */
L4_INLINE l4_ret_t l4_debugger_query_log_typeid_u(l4_cap_idx_t cap, char const *name, unsigned idx,
                                                  l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = L4_DEBUGGER_LOG_QUERY_TYPEID_OP;
  l4_utcb_mr_u(utcb)->mr[1] = idx;
  unsigned words = __l4_debugger_put_string(2, name, utcb);
  l4_msgtag_t result = l4_invoke_debugger(cap, l4_msgtag(0, words, 0, 0), utcb);
  l4_ret_t error = l4_error_u(result, utcb);
  return error < 0 ? error : (l4_ret_t)l4_utcb_mr_u(utcb)->mr[0];
}

L4_INLINE l4_ret_t l4_debugger_query_log_typeid(l4_cap_idx_t cap, char const *name,
                                                unsigned idx) L4_NOTHROW
{
  return l4_debugger_query_log_typeid_u(cap, name, idx, l4_utcb());
}

/** Name and short name of the trace event number `idx`. */
L4_INLINE l4_ret_t l4_debugger_query_log_name_u(l4_cap_idx_t cap, unsigned idx, char *name,
                                                unsigned namelen, char *shortname,
                                                unsigned shortnamelen, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_DEBUGGER_LOG_QUERY_NAME_OP;
  m->mr[1] = idx;
  l4_ret_t error = l4_error_u(l4_invoke_debugger(cap, l4_msgtag(0, 2, 0, 0), utcb), utcb);
  if (error < 0) return error;

  char const *end = (char const *)(m + 1);
  char const *second = __l4_debugger_get_string((char const *)m, end, name, namelen);
  __l4_debugger_get_string(second, end, shortname, shortnamelen);
  return error;
}

L4_INLINE l4_ret_t l4_debugger_query_log_name(l4_cap_idx_t cap, unsigned idx, char *name,
                                              unsigned namelen, char *shortname,
                                              unsigned shortnamelen) L4_NOTHROW
{
  return l4_debugger_query_log_name_u(cap, idx, name, namelen, shortname, shortnamelen, l4_utcb());
}

/** Switch the recording of a trace event on or off. */
L4_INLINE l4_msgtag_t l4_debugger_switch_log_u(l4_cap_idx_t cap, char const *name, int on_off,
                                               l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = L4_DEBUGGER_LOG_SWITCH_OP;
  l4_utcb_mr_u(utcb)->mr[1] = on_off ? L4_DEBUGGER_SWITCH_LOG_ON : L4_DEBUGGER_SWITCH_LOG_OFF;
  unsigned words = __l4_debugger_put_string(2, name, utcb);
  return l4_invoke_debugger(cap, l4_msgtag(0, words, 0, 0), utcb);
}

L4_INLINE l4_msgtag_t l4_debugger_switch_log(l4_cap_idx_t cap, char const *name,
                                             int on_off) L4_NOTHROW
{
  return l4_debugger_switch_log_u(cap, name, on_off, l4_utcb());
}

/** Take the name that an operation left in the message registers. */
L4_INLINE l4_ret_t __l4_debugger_take_name(l4_msgtag_t result, char *name, unsigned size,
                                           l4_utcb_t *utcb) L4_NOTHROW
{
  l4_ret_t error = l4_error_u(result, utcb);
  if (error >= 0) {
    l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
    __l4_debugger_get_string((char const *)m, (char const *)(m + 1), name, size);
  }
  return error;
}

/** Name of the object with number `id`. */
L4_INLINE l4_ret_t l4_debugger_query_object_name_u(l4_cap_idx_t cap, unsigned id, char *name,
                                                   unsigned size, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = L4_DEBUGGER_GLOBAL_ID_GET_NAME_OP;
  l4_utcb_mr_u(utcb)->mr[1] = id;
  return __l4_debugger_take_name(l4_invoke_debugger(cap, l4_msgtag(0, 2, 0, 0), utcb), name, size,
                                 utcb);
}

L4_INLINE l4_ret_t l4_debugger_query_object_name(l4_cap_idx_t cap, unsigned id, char *name,
                                                 unsigned size) L4_NOTHROW
{
  return l4_debugger_query_object_name_u(cap, id, name, size, l4_utcb());
}

/** Name of the object. */
L4_INLINE l4_ret_t l4_debugger_get_object_name_u(l4_cap_idx_t cap, char *name, unsigned size,
                                                 l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = L4_DEBUGGER_KOBJ_GET_NAME_OP;
  return __l4_debugger_take_name(l4_invoke_debugger(cap, l4_msgtag(0, 1, 0, 0), utcb), name, size,
                                 utcb);
}

L4_INLINE l4_ret_t l4_debugger_get_object_name(l4_cap_idx_t cap, char *name,
                                               unsigned size) L4_NOTHROW
{
  return l4_debugger_get_object_name_u(cap, name, size, l4_utcb());
}

/** Tell the debugger that the binary `name` was loaded at `base` in task `cap`. */
L4_INLINE l4_msgtag_t l4_debugger_add_image_info_u(l4_cap_idx_t cap, l4_addr_t base,
                                                   char const *name, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_utcb_mr_u(utcb)->mr[0] = L4_DEBUGGER_TASK_ADD_IMAGE_INFO_OP;
  l4_utcb_mr_u(utcb)->mr[1] = base;
  unsigned words = __l4_debugger_put_string(2, name, utcb);
  return l4_invoke_debugger(cap, l4_msgtag(0, words, 0, 0), utcb);
}

L4_INLINE l4_msgtag_t l4_debugger_add_image_info(l4_cap_idx_t cap, l4_addr_t base,
                                                 char const *name) L4_NOTHROW
{
  return l4_debugger_add_image_info_u(cap, base, name, l4_utcb());
}

/**
 * Records of all kernel objects.
 * \param      buffer       Kernel-user memory of `size` bytes.
 * \param      skip         Objects to leave out at the beginning.
 * \param[out] cnt          Records written.
 * \param[out] all          Objects in the system.
 */
L4_INLINE l4_msgtag_t l4_debugger_query_obj_infos_u(l4_cap_idx_t cap, l4_addr_t buffer,
                                                    l4_umword_t size, l4_umword_t skip,
                                                    l4_umword_t *cnt, l4_umword_t *all,
                                                    l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_DEBUGGER_OBJ_INFO_OP;
  m->mr[1] = buffer;
  m->mr[2] = size;
  m->mr[3] = skip;
  l4_msgtag_t result = l4_invoke_debugger(cap, l4_msgtag(0, 4, 0, 0), utcb);
  if (l4_error_u(result, utcb) >= 0) {
    *cnt = m->mr[0];
    *all = m->mr[1];
  }
  return result;
}

L4_INLINE l4_msgtag_t l4_debugger_query_obj_infos(l4_cap_idx_t cap, l4_addr_t buffer,
                                                  l4_umword_t size, l4_umword_t skip,
                                                  l4_umword_t *cnt, l4_umword_t *all) L4_NOTHROW
{
  return l4_debugger_query_obj_infos_u(cap, buffer, size, skip, cnt, all, l4_utcb());
}

L4_END_DECLS

// SPDX-License-Identifier: MIT
/** Segment registers and descriptors (kernel-objects.md section 3, thread; section 2, task). */
#pragma once

#ifndef L4API_l4f
#error "segment.h: define L4API_l4f (the make roles do): these calls belong to that kernel API."
#endif

#include <l4/sys/thread.h>
#include <l4/sys/task.h>

enum L4_task_ldt_x86_consts {
  L4_TASK_LDT_X86_ENTRY_SIZE = 8,
  L4_TASK_LDT_X86_MAX_ENTRIES =
      (L4_UTCB_GENERIC_DATA_SIZE - 2) * sizeof(l4_umword_t) / L4_TASK_LDT_X86_ENTRY_SIZE,
};

enum L4_sys_segment {
  L4_AMD64_SEGMENT_FS = 0,
  L4_AMD64_SEGMENT_GS = 1,
};

L4_BEGIN_DECLS

/** Message [op, start entry, descriptors] to a thread or task; 8-byte descriptors. */
L4_INLINE long __fiasco_set_descriptors(l4_cap_idx_t object, long proto, l4_umword_t op,
                                        void const *desc, unsigned size, unsigned entry_start,
                                        l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);

  if (size > L4_TASK_LDT_X86_MAX_ENTRIES * L4_TASK_LDT_X86_ENTRY_SIZE) return -L4_EINVAL;
  m->mr[0] = op;
  m->mr[1] = entry_start;
  __builtin_memcpy(&m->mr[2], desc, size);
  return l4_error_u(
      l4_ipc_call(object, utcb, l4_msgtag(proto, 2 + l4_bytes_to_mwords(size), 0, 0), L4_IPC_NEVER),
      utcb);
}

/**
 * Set descriptors of the thread's part of the GDT.
 * \param size         Bytes, a multiple of 8.
 * \param entry_start  First slot, 0..3.
 * \return Selector of the first slot, or a negated error code.
 */
L4_INLINE long fiasco_gdt_set(l4_cap_idx_t thread, void *desc, unsigned size, unsigned entry_start,
                              l4_utcb_t *utcb) L4_NOTHROW
{
  return __fiasco_set_descriptors(thread, L4_PROTO_THREAD, L4_THREAD_X86_GDT_OP, desc, size,
                                  entry_start, utcb);
}

/** Index of the first user slot in the GDT, or 0 on error. */
L4_INLINE unsigned fiasco_gdt_get_entry_offset(l4_cap_idx_t thread, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msgtag_t result = __l4_thread_call_op(thread, L4_THREAD_X86_GDT_OP, utcb);
  return l4_error_u(result, utcb) < 0 ? 0 : (unsigned)l4_utcb_mr_u(utcb)->mr[0];
}

/** Set entries of the task's LDT; -L4_ENOSYS unless the kernel was built with it. */
L4_INLINE long fiasco_ldt_set(l4_cap_idx_t task, void *ldt, unsigned size, unsigned entry_start,
                              l4_utcb_t *utcb) L4_NOTHROW
{
  return __fiasco_set_descriptors(task, L4_PROTO_TASK, L4_TASK_LDT_SET_X86_OP, ldt, size,
                                  entry_start, utcb);
}

/** Set the base of FS or GS; GS belongs to the UTCB pointer. Returns 0 or a negated error code. */
L4_INLINE long fiasco_amd64_set_segment_base(l4_cap_idx_t thread, enum L4_sys_segment segr,
                                             l4_umword_t base, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_umword_t op = L4_THREAD_AMD64_SET_SEGMENT_BASE_OP | ((l4_umword_t)segr << 16);
  return l4_error_u(__l4_thread_call_word(thread, op, base, utcb), utcb);
}

/** Set the base of FS, the thread-local storage pointer. */
L4_INLINE long fiasco_amd64_set_fs(l4_cap_idx_t thread, l4_umword_t base,
                                   l4_utcb_t *utcb) L4_NOTHROW
{
  return fiasco_amd64_set_segment_base(thread, L4_AMD64_SEGMENT_FS, base, utcb);
}

/** Selectors of user mode; written on success. */
L4_INLINE long fiasco_amd64_segment_info(l4_cap_idx_t thread, unsigned *user_ds,
                                         unsigned *user_cs64, unsigned *user_cs32,
                                         l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  long error =
      l4_error_u(__l4_thread_call_op(thread, L4_THREAD_AMD64_GET_SEGMENT_INFO_OP, utcb), utcb);
  if (error >= 0) {
    *user_ds = (unsigned)m->mr[0];
    *user_cs64 = (unsigned)m->mr[1];
    *user_cs32 = (unsigned)m->mr[2];
  }
  return error;
}

L4_END_DECLS

// SPDX-License-Identifier: MIT
/** Task operations (kernel-objects.md section 2). */
#pragma once

#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <l4/sys/ipc.h>

enum L4_task_ops {
  L4_TASK_MAP_OP = 0,
  L4_TASK_UNMAP_OP = 1,
  L4_TASK_CAP_INFO_OP = 2,
  L4_TASK_ADD_KU_MEM_OP = 3,
  L4_TASK_LDT_SET_X86_OP = 0x11,
  L4_TASK_MAP_VGICC_ARM_OP = 0x12,
};

L4_BEGIN_DECLS

L4_INLINE l4_msgtag_t __l4_task_call(l4_cap_idx_t task, unsigned words, unsigned items,
                                     l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_ipc_call(task, utcb, l4_msgtag(L4_PROTO_TASK, words, items, 0), L4_IPC_NEVER);
}

/**
 * Map from one task into another.
 * \param dst_task   Receives the mapping; W right needed.
 * \param snd_fpage  What to map, in terms of `src_task`.
 * \param snd_base   Control word: hot spot in `dst_task` and attributes (l4_map_control()).
 */
L4_INLINE l4_msgtag_t l4_task_map_u(l4_cap_idx_t dst_task, l4_cap_idx_t src_task,
                                    l4_fpage_t snd_fpage, l4_umword_t snd_base,
                                    l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_TASK_MAP_OP;
  m->mr[1] = snd_base;
  m->mr[2] = snd_fpage.raw;
  __l4_cap_argument(m, 3, src_task);
  return __l4_task_call(dst_task, 3, 1, utcb);
}

L4_INLINE l4_msgtag_t l4_task_map(l4_cap_idx_t dst_task, l4_cap_idx_t src_task,
                                  l4_fpage_t snd_fpage, l4_umword_t snd_base) L4_NOTHROW
{
  return l4_task_map_u(dst_task, src_task, snd_fpage, snd_base, l4_utcb());
}

/**
 * Withdraw the rights named in `num_fpages` (1..61) flexpages.
 * \param map_mask  l4_unmap_flags_t.
 * \return Label -L4_EINVAL without a system call if there are too many flexpages. On success the
 *         message registers from 2 on hold the flexpages with access flags in their low bits.
 */
L4_INLINE l4_msgtag_t l4_task_unmap_batch_u(l4_cap_idx_t task, l4_fpage_t const *fpages,
                                            unsigned num_fpages, l4_umword_t map_mask,
                                            l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);

  if (num_fpages > L4_UTCB_GENERIC_DATA_SIZE - 2) return l4_msgtag(-L4_EINVAL, 0, 0, 0);
  m->mr[0] = L4_TASK_UNMAP_OP;
  m->mr[1] = map_mask;
  for (unsigned i = 0; i < num_fpages; ++i)
    m->mr[2 + i] = fpages[i].raw;
  return __l4_task_call(task, 2 + num_fpages, 0, utcb);
}

L4_INLINE l4_msgtag_t l4_task_unmap_batch(l4_cap_idx_t task, l4_fpage_t const *fpages,
                                          unsigned num_fpages, l4_umword_t map_mask) L4_NOTHROW
{
  return l4_task_unmap_batch_u(task, fpages, num_fpages, map_mask, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_task_unmap_u(l4_cap_idx_t task, l4_fpage_t fpage, l4_umword_t map_mask,
                                      l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_task_unmap_batch_u(task, &fpage, 1, map_mask, utcb);
}

L4_INLINE l4_msgtag_t l4_task_unmap(l4_cap_idx_t task, l4_fpage_t fpage,
                                    l4_umword_t map_mask) L4_NOTHROW
{
  return l4_task_unmap_u(task, fpage, map_mask, l4_utcb());
}

/** Empty a slot; if it has the delete right, destroy the object. */
L4_INLINE l4_msgtag_t l4_task_delete_obj_u(l4_cap_idx_t task, l4_cap_idx_t obj,
                                           l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_task_unmap_u(task, l4_obj_fpage(obj, 0, L4_CAP_FPAGE_RWSD), L4_FP_DELETE_OBJ, utcb);
}

L4_INLINE l4_msgtag_t l4_task_delete_obj(l4_cap_idx_t task, l4_cap_idx_t obj) L4_NOTHROW
{
  return l4_task_delete_obj_u(task, obj, l4_utcb());
}

/** Empty a slot; the object lives on while others hold it. */
L4_INLINE l4_msgtag_t l4_task_release_cap_u(l4_cap_idx_t task, l4_cap_idx_t cap,
                                            l4_utcb_t *utcb) L4_NOTHROW
{
  return l4_task_unmap_u(task, l4_obj_fpage(cap, 0, L4_CAP_FPAGE_RWSD), L4_FP_ALL_SPACES, utcb);
}

L4_INLINE l4_msgtag_t l4_task_release_cap(l4_cap_idx_t task, l4_cap_idx_t cap) L4_NOTHROW
{
  return l4_task_release_cap_u(task, cap, l4_utcb());
}

/** Label 1 if the slot `cap` of `task` is in use, else 0. */
L4_INLINE l4_msgtag_t l4_task_cap_valid_u(l4_cap_idx_t task, l4_cap_idx_t cap,
                                          l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_TASK_CAP_INFO_OP;
  m->mr[1] = cap;
  return __l4_task_call(task, 2, 0, utcb);
}

L4_INLINE l4_msgtag_t l4_task_cap_valid(l4_cap_idx_t task, l4_cap_idx_t cap) L4_NOTHROW
{
  return l4_task_cap_valid_u(task, cap, l4_utcb());
}

/** Label 1 if both slots of `task` hold the same object with the same rights, else 0. */
L4_INLINE l4_msgtag_t l4_task_cap_equal_u(l4_cap_idx_t task, l4_cap_idx_t cap_a, l4_cap_idx_t cap_b,
                                          l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_TASK_CAP_INFO_OP;
  m->mr[1] = cap_a;
  m->mr[2] = cap_b;
  return __l4_task_call(task, 3, 0, utcb);
}

L4_INLINE l4_msgtag_t l4_task_cap_equal(l4_cap_idx_t task, l4_cap_idx_t cap_a,
                                        l4_cap_idx_t cap_b) L4_NOTHROW
{
  return l4_task_cap_equal_u(task, cap_a, cap_b, l4_utcb());
}

/**
 * Add kernel-user memory (for UTCBs and vCPU states) to a task.
 * \param[in,out] ku_mem  Wanted area, order 12..17; on success the area as mapped.
 */
L4_INLINE l4_msgtag_t l4_task_add_ku_mem_u(l4_cap_idx_t task, l4_fpage_t *ku_mem,
                                           l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_TASK_ADD_KU_MEM_OP;
  m->mr[1] = ku_mem->raw;

  l4_msgtag_t result = __l4_task_call(task, 2, 0, utcb);
  if (l4_error_u(result, utcb) >= 0 && l4_msgtag_words(result) > 0) ku_mem->raw = m->mr[0];
  return result;
}

L4_INLINE l4_msgtag_t l4_task_add_ku_mem(l4_cap_idx_t task, l4_fpage_t *ku_mem) L4_NOTHROW
{
  return l4_task_add_ku_mem_u(task, ku_mem, l4_utcb());
}

L4_END_DECLS

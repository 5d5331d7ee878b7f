// SPDX-License-Identifier: MIT
/**
 * Region maps; see <l4/re/rm>. Functions work on the program's own region map; those with `_srv`
 * on the one that is their first argument. Return values below 0 are negated error codes.
 */
#pragma once

#include <l4/re/c/dataspace.h>
#include <l4/re/env.h>
#include <l4/sys/types.h>

enum L4re_rm_flags_values {
  L4RE_RM_F_R = L4_FPAGE_RO,
  L4RE_RM_F_W = L4_FPAGE_W,
  L4RE_RM_F_X = L4_FPAGE_X,
  L4RE_RM_F_RX = L4_FPAGE_RX,
  L4RE_RM_F_RW = L4_FPAGE_RW,
  L4RE_RM_F_RWX = L4_FPAGE_RWX,
  L4RE_RM_F_RIGHTS_MASK = 0x0f,
  L4RE_RM_F_CACHE_NORMAL = 0x00,
  L4RE_RM_F_CACHE_BUFFERED = 0x10,
  L4RE_RM_F_CACHE_UNCACHED = 0x20,
  L4RE_RM_F_CACHING_MASK = 0x30,
  L4RE_RM_F_KERNEL = 0x100,
  /** Kept for older sources; the server refuses it. */
  L4RE_RM_F_DETACH_FREE = 0x200,
  L4RE_RM_F_PAGER = 0x400,
  L4RE_RM_F_RESERVED = 0x800,
  L4RE_RM_F_PRIVATE = 0x1000,
  L4RE_RM_F_ANONYMOUS = 0x2000,
  L4RE_RM_F_SEARCH_ADDR = 0x20000,
  L4RE_RM_F_IN_AREA = 0x40000,
  L4RE_RM_F_EAGER_MAP = 0x80000,
  L4RE_RM_F_NO_EAGER_MAP = 0x100000,
  L4RE_RM_F_ATTACH_FLAGS = 0x1f0000,
};

typedef l4_uint32_t l4re_rm_flags_t;
typedef l4_uint64_t l4re_rm_offset_t;

L4_BEGIN_DECLS

/** \param align  log2 of the alignment. */
L4_CV int l4re_rm_reserve_area_srv(l4_cap_idx_t rm, l4_addr_t *start, unsigned long size,
                                   l4re_rm_flags_t flags, unsigned char align) L4_NOTHROW;
L4_CV int l4re_rm_free_area_srv(l4_cap_idx_t rm, l4_addr_t addr) L4_NOTHROW;
/** The rights of `mem` sent along are what `flags` need. */
L4_CV int l4re_rm_attach_srv(l4_cap_idx_t rm, void **start, unsigned long size,
                             l4re_rm_flags_t flags, l4re_ds_t mem, l4re_rm_offset_t offs,
                             unsigned char align) L4_NOTHROW;
L4_CV int l4re_rm_attach_w_info_srv(l4_cap_idx_t rm, void **start, unsigned long size,
                                    l4re_rm_flags_t flags, l4re_ds_t mem, l4re_rm_offset_t offs,
                                    unsigned char align, char const *name,
                                    l4re_rm_offset_t backing_offset) L4_NOTHROW;
/** Detach the region at `addr` and unmap it from `task` (invalid: leave the mappings). */
L4_CV int l4re_rm_detach_srv(l4_cap_idx_t rm, l4_addr_t addr, l4re_ds_t *ds,
                             l4_cap_idx_t task) L4_NOTHROW;
L4_CV int l4re_rm_find_srv(l4_cap_idx_t rm, l4_addr_t *addr, unsigned long *size,
                           l4re_rm_offset_t *offset, l4re_rm_flags_t *flags,
                           l4re_ds_t *m) L4_NOTHROW;
L4_CV int l4re_rm_get_info_srv(l4_cap_idx_t rm, l4_addr_t addr, char *name, unsigned len,
                               l4re_rm_offset_t *backing_offset) L4_NOTHROW;
/** Ask the region map to print itself where it can. */
L4_CV void l4re_rm_show_lists_srv(l4_cap_idx_t rm) L4_NOTHROW;

L4_INLINE int l4re_rm_reserve_area(l4_addr_t *start, unsigned long size, l4re_rm_flags_t flags,
                                   unsigned char align) L4_NOTHROW
{
  return l4re_rm_reserve_area_srv(l4re_env()->rm, start, size, flags, align);
}

L4_INLINE int l4re_rm_free_area(l4_addr_t addr) L4_NOTHROW
{
  return l4re_rm_free_area_srv(l4re_env()->rm, addr);
}

L4_INLINE int l4re_rm_attach(void **start, unsigned long size, l4re_rm_flags_t flags, l4re_ds_t mem,
                             l4re_rm_offset_t offs, unsigned char align) L4_NOTHROW
{
  return l4re_rm_attach_srv(l4re_env()->rm, start, size, flags, mem, offs, align);
}

L4_INLINE int l4re_rm_attach_w_info(void **start, unsigned long size, l4re_rm_flags_t flags,
                                    l4re_ds_t mem, l4re_rm_offset_t offs, unsigned char align,
                                    char const *name, l4re_rm_offset_t backing_offset) L4_NOTHROW
{
  return l4re_rm_attach_w_info_srv(l4re_env()->rm, start, size, flags, mem, offs, align, name,
                                   backing_offset);
}

/** Detach and unmap from the own task. */
L4_INLINE int l4re_rm_detach(void *addr) L4_NOTHROW
{
  return l4re_rm_detach_srv(l4re_env()->rm, (l4_addr_t)addr, 0, L4RE_THIS_TASK_CAP);
}

L4_INLINE int l4re_rm_detach_ds(void *addr, l4re_ds_t *ds) L4_NOTHROW
{
  return l4re_rm_detach_srv(l4re_env()->rm, (l4_addr_t)addr, ds, L4RE_THIS_TASK_CAP);
}

L4_INLINE int l4re_rm_detach_unmap(l4_addr_t addr, l4_cap_idx_t task) L4_NOTHROW
{
  return l4re_rm_detach_srv(l4re_env()->rm, addr, 0, task);
}

L4_INLINE int l4re_rm_detach_ds_unmap(void *addr, l4re_ds_t *ds, l4_cap_idx_t task) L4_NOTHROW
{
  return l4re_rm_detach_srv(l4re_env()->rm, (l4_addr_t)addr, ds, task);
}

L4_INLINE int l4re_rm_find(l4_addr_t *addr, unsigned long *size, l4re_rm_offset_t *offset,
                           l4re_rm_flags_t *flags, l4re_ds_t *m) L4_NOTHROW
{
  return l4re_rm_find_srv(l4re_env()->rm, addr, size, offset, flags, m);
}

L4_INLINE int l4re_rm_get_info(l4_addr_t addr, char *name, unsigned len,
                               l4re_rm_offset_t *backing_offset) L4_NOTHROW
{
  return l4re_rm_get_info_srv(l4re_env()->rm, addr, name, len, backing_offset);
}

L4_INLINE void l4re_rm_show_lists(void) L4_NOTHROW
{
  l4re_rm_show_lists_srv(l4re_env()->rm);
}

L4_END_DECLS

// SPDX-License-Identifier: MIT
/** Dataspaces; see <l4/re/dataspace>. Return values are 0 or negated error codes. */
#pragma once

#include <l4/sys/types.h>

typedef l4_cap_idx_t l4re_ds_t;
typedef l4_uint64_t l4re_ds_size_t;
typedef l4_uint64_t l4re_ds_offset_t;
typedef l4_uint64_t l4re_ds_map_addr_t;
typedef unsigned long l4re_ds_flags_t;

typedef struct l4re_ds_stats_t {
  l4re_ds_size_t size;
  l4re_ds_flags_t flags;
} l4re_ds_stats_t;

enum L4re_ds_map_flags {
  L4RE_DS_F_R = L4_FPAGE_RO,
  L4RE_DS_F_W = L4_FPAGE_W,
  L4RE_DS_F_X = L4_FPAGE_X,
  L4RE_DS_F_RW = L4_FPAGE_RW,
  L4RE_DS_F_RX = L4_FPAGE_RX,
  L4RE_DS_F_RWX = L4_FPAGE_RWX,
  L4RE_DS_F_RIGHTS_MASK = 0x0f,
  L4RE_DS_F_NORMAL = 0x00,
  L4RE_DS_F_CACHEABLE = L4RE_DS_F_NORMAL,
  L4RE_DS_F_BUFFERABLE = 0x10,
  L4RE_DS_F_UNCACHEABLE = 0x20,
  L4RE_DS_F_CACHING_MASK = 0x30,
};

L4_BEGIN_DECLS

L4_CV long l4re_ds_map(l4re_ds_t ds, l4re_ds_offset_t offset, l4re_ds_flags_t flags,
                       l4re_ds_map_addr_t local_addr, l4re_ds_map_addr_t min_addr,
                       l4re_ds_map_addr_t max_addr) L4_NOTHROW;
L4_CV long l4re_ds_map_region(l4re_ds_t ds, l4re_ds_offset_t offset, l4re_ds_flags_t flags,
                              l4re_ds_map_addr_t min_addr, l4re_ds_map_addr_t max_addr) L4_NOTHROW;
L4_CV long l4re_ds_clear(l4re_ds_t ds, l4re_ds_offset_t offset, l4re_ds_size_t size) L4_NOTHROW;
L4_CV long l4re_ds_allocate(l4re_ds_t ds, l4re_ds_offset_t offset, l4re_ds_size_t size) L4_NOTHROW;
L4_CV long l4re_ds_copy_in(l4re_ds_t ds, l4re_ds_offset_t dst_offs, l4re_ds_t src,
                           l4re_ds_offset_t src_offs, l4re_ds_size_t size) L4_NOTHROW;
/** Bytes; 0 on an error. */
L4_CV l4re_ds_size_t l4re_ds_size(l4re_ds_t ds) L4_NOTHROW;
L4_CV l4re_ds_flags_t l4re_ds_flags(l4re_ds_t ds) L4_NOTHROW;
L4_CV int l4re_ds_info(l4re_ds_t ds, l4re_ds_stats_t *stats) L4_NOTHROW;
L4_CV int l4re_ds_map_info(l4re_ds_t ds, l4_addr_t *start_addr, l4_addr_t *end_addr) L4_NOTHROW;

L4_END_DECLS

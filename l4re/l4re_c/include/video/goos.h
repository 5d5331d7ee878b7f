// SPDX-License-Identifier: MIT
/** Screens; see <l4/re/video/goos>. Results are 0 or negated error codes. */
#pragma once

#include <l4/re/c/dataspace.h>
#include <l4/re/c/video/view.h>

enum l4re_video_goos_info_flags_t {
  F_l4re_video_goos_auto_refresh = 0x01,
  F_l4re_video_goos_pointer = 0x02,
  F_l4re_video_goos_dynamic_views = 0x04,
  F_l4re_video_goos_dynamic_buffers = 0x08,
};

typedef l4_cap_idx_t l4re_video_goos_t;

/** As it travels: 40 bytes. */
typedef struct l4re_video_goos_info_t {
  unsigned long width, height;
  unsigned flags;
  unsigned num_static_views;
  unsigned num_static_buffers;
  l4re_video_pixel_info_t pixel_info;
} l4re_video_goos_info_t;

L4_BEGIN_DECLS

L4_CV int l4re_video_goos_info(l4re_video_goos_t goos, l4re_video_goos_info_t *info) L4_NOTHROW;
L4_CV int l4re_video_goos_refresh(l4re_video_goos_t goos, int x, int y, int w, int h) L4_NOTHROW;
/** \param buffer  Free capability slot. \return Index of the buffer, or a negated error code */
L4_CV int l4re_video_goos_create_buffer(l4re_video_goos_t goos, unsigned long size,
                                        l4re_ds_t buffer) L4_NOTHROW;
L4_CV int l4re_video_goos_delete_buffer(l4re_video_goos_t goos, unsigned idx) L4_NOTHROW;
L4_CV int l4re_video_goos_get_static_buffer(l4re_video_goos_t goos, unsigned idx,
                                            l4re_ds_t buffer) L4_NOTHROW;
L4_CV int l4re_video_goos_create_view(l4re_video_goos_t goos, l4re_video_view_t *view) L4_NOTHROW;
L4_CV int l4re_video_goos_delete_view(l4re_video_goos_t goos, l4re_video_view_t *view) L4_NOTHROW;
/** View by its index. */
L4_CV int l4re_video_goos_get_view(l4re_video_goos_t goos, unsigned idx,
                                   l4re_video_view_t *view) L4_NOTHROW;

L4_END_DECLS

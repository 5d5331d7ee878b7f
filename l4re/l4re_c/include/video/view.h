// SPDX-License-Identifier: MIT
/** Parts of a screen; see <l4/re/video/view>. Results are 0 or negated error codes. */
#pragma once

#include <l4/re/c/video/colors.h>
#include <l4/sys/types.h>

enum l4re_video_view_info_flags_t {
  F_l4re_video_view_none = 0x00,
  F_l4re_video_view_set_buffer = 0x01,
  F_l4re_video_view_set_buffer_offset = 0x02,
  F_l4re_video_view_set_bytes_per_line = 0x04,
  F_l4re_video_view_set_pixel = 0x08,
  F_l4re_video_view_set_position = 0x10,
  F_l4re_video_view_dyn_allocated = 0x20,
  F_l4re_video_view_set_background = 0x40,
  F_l4re_video_view_set_flags = 0x80,
  F_l4re_video_view_above = 0x1000,
  F_l4re_video_view_flags_mask = 0xff000,
};

/** As it travels: 72 bytes. */
typedef struct l4re_video_view_info_t {
  unsigned flags;
  unsigned view_index;
  unsigned long xpos, ypos, width, height;
  unsigned long buffer_offset;
  unsigned long bytes_per_line;
  l4re_video_pixel_info_t pixel_info;
  unsigned buffer_index;
} l4re_video_view_info_t;

/** A view of a screen; made by l4re_video_goos_create_view() or _get_view(). */
typedef struct l4re_video_view_t {
  l4_cap_idx_t goos;
  unsigned idx;
} l4re_video_view_t;

L4_BEGIN_DECLS

L4_CV int l4re_video_view_refresh(l4re_video_view_t *view, int x, int y, int w, int h) L4_NOTHROW;
L4_CV int l4re_video_view_get_info(l4re_video_view_t *view,
                                   l4re_video_view_info_t *info) L4_NOTHROW;
L4_CV int l4re_video_view_set_info(l4re_video_view_t *view,
                                   l4re_video_view_info_t *info) L4_NOTHROW;
/** Show the buffer from `bofs` on at (x, y). */
L4_CV int l4re_video_view_set_viewport(l4re_video_view_t *view, int x, int y, int w, int h,
                                       unsigned long bofs) L4_NOTHROW;
/** Put the view behind (1) or in front of (0) `pivot`; a null pointer: of all views. */
L4_CV int l4re_video_view_stack(l4re_video_view_t *view, l4re_video_view_t *pivot,
                                int behind) L4_NOTHROW;

L4_END_DECLS

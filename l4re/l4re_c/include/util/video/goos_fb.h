// SPDX-License-Identifier: MIT
/** A screen with one buffer to draw into; see <l4/re/util/video/goos_fb>. */
#pragma once

#include <l4/re/c/video/goos.h>

/** Its words belong to the library. */
typedef struct l4re_util_video_goos_fb_t {
  l4_umword_t _internal[8];
} l4re_util_video_goos_fb_t;

L4_BEGIN_DECLS

/** Use the server `name` of the environment. \return 0 or a negated error code */
L4_CV int l4re_util_video_goos_fb_setup_name(l4re_util_video_goos_fb_t *fb,
                                             char const *name) L4_NOTHROW;
/** Give back what the set-up allocated. */
L4_CV void l4re_util_video_goos_fb_destroy(l4re_util_video_goos_fb_t *fb) L4_NOTHROW;
L4_CV int l4re_util_video_goos_fb_view_info(l4re_util_video_goos_fb_t *fb,
                                            l4re_video_view_info_t *info) L4_NOTHROW;
/** Map the buffer. \return its address, or a null pointer */
L4_CV void *l4re_util_video_goos_fb_attach_buffer(l4re_util_video_goos_fb_t *fb) L4_NOTHROW;
/** Show a changed part of the screen, pixels. */
L4_CV int l4re_util_video_goos_fb_refresh(l4re_util_video_goos_fb_t *fb, int x, int y, int w,
                                          int h) L4_NOTHROW;
L4_CV l4re_ds_t l4re_util_video_goos_fb_buffer(l4re_util_video_goos_fb_t *fb) L4_NOTHROW;
L4_CV l4_cap_idx_t l4re_util_video_goos_fb_goos(l4re_util_video_goos_fb_t *fb) L4_NOTHROW;

L4_END_DECLS

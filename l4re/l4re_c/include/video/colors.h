// SPDX-License-Identifier: MIT
/** Layout of pixels; see <l4/re/video/colors>. */
#pragma once

#include <l4/sys/compiler.h>

/** Bits shift .. shift + size - 1 of a pixel. */
typedef struct l4re_video_color_component_t {
  unsigned char size;
  unsigned char shift;
} l4re_video_color_component_t;

typedef struct l4re_video_pixel_info_t {
  l4re_video_color_component_t r, g, b, a;
  unsigned char bytes_per_pixel;
} l4re_video_pixel_info_t;

L4_BEGIN_DECLS

L4_INLINE int l4re_video_bits_per_pixel(l4re_video_pixel_info_t const *p) L4_NOTHROW
{
  return p->r.size + p->g.size + p->b.size + p->a.size;
}

L4_END_DECLS

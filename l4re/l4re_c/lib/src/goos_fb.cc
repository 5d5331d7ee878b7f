// SPDX-License-Identifier: MIT
#include <l4/re/c/util/video/goos_fb.h>
#include <l4/re/util/video/goos_fb>

#include <new>

namespace {

using Goos_fb = L4Re::Util::Video::Goos_fb;
static_assert(sizeof(Goos_fb) <= sizeof(l4re_util_video_goos_fb_t));

Goos_fb *cpp(l4re_util_video_goos_fb_t *fb)
{
  return reinterpret_cast<Goos_fb *>(fb->_internal);
}

} // namespace

int l4re_util_video_goos_fb_setup_name(l4re_util_video_goos_fb_t *fb, char const *name) noexcept
{
  auto *const f = new (fb->_internal) Goos_fb;
  return static_cast<int>(f->init(name));
}

void l4re_util_video_goos_fb_destroy(l4re_util_video_goos_fb_t *fb) noexcept
{
  cpp(fb)->~Goos_fb();
}

int l4re_util_video_goos_fb_view_info(l4re_util_video_goos_fb_t *fb,
                                      l4re_video_view_info_t *info) noexcept
{
  return cpp(fb)->view_info(reinterpret_cast<L4Re::Video::View::Info *>(info));
}

void *l4re_util_video_goos_fb_attach_buffer(l4re_util_video_goos_fb_t *fb) noexcept
{
  return cpp(fb)->attach_buffer();
}

int l4re_util_video_goos_fb_refresh(l4re_util_video_goos_fb_t *fb, int x, int y, int w,
                                    int h) noexcept
{
  return cpp(fb)->refresh(x, y, w, h);
}

l4re_ds_t l4re_util_video_goos_fb_buffer(l4re_util_video_goos_fb_t *fb) noexcept
{
  return cpp(fb)->buffer().cap();
}

l4_cap_idx_t l4re_util_video_goos_fb_goos(l4re_util_video_goos_fb_t *fb) noexcept
{
  return cpp(fb)->goos().cap();
}

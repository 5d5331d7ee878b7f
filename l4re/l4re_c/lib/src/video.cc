// SPDX-License-Identifier: MIT
#include <l4/re/c/video/goos.h>
#include <l4/re/video/goos>

using L4Re::Video::Goos;
using L4Re::Video::View;

static_assert(sizeof(l4re_video_goos_info_t) == sizeof(Goos::Info));
static_assert(sizeof(l4re_video_view_info_t) == sizeof(View::Info));

namespace {

L4::Cap<Goos> cap(l4re_video_goos_t goos)
{
  return L4::Cap<Goos>(goos);
}

View cpp(l4re_video_view_t const *view)
{
  return cap(view->goos)->view(view->idx);
}

} // namespace

int l4re_video_goos_info(l4re_video_goos_t goos, l4re_video_goos_info_t *info) noexcept
{
  return cap(goos)->info(reinterpret_cast<Goos::Info *>(info));
}

int l4re_video_goos_refresh(l4re_video_goos_t goos, int x, int y, int w, int h) noexcept
{
  return cap(goos)->refresh(x, y, w, h);
}

int l4re_video_goos_create_buffer(l4re_video_goos_t goos, unsigned long size,
                                  l4re_ds_t buffer) noexcept
{
  return cap(goos)->create_buffer(size, L4::Cap<L4Re::Dataspace>(buffer));
}

int l4re_video_goos_delete_buffer(l4re_video_goos_t goos, unsigned idx) noexcept
{
  return cap(goos)->delete_buffer(idx);
}

int l4re_video_goos_get_static_buffer(l4re_video_goos_t goos, unsigned idx,
                                      l4re_ds_t buffer) noexcept
{
  return cap(goos)->get_static_buffer(idx, L4::Cap<L4Re::Dataspace>(buffer));
}

int l4re_video_goos_create_view(l4re_video_goos_t goos, l4re_video_view_t *view) noexcept
{
  View v;
  int const r = cap(goos)->create_view(&v);
  if (r >= 0) *view = {goos, v.view_index()};
  return r;
}

int l4re_video_goos_delete_view(l4re_video_goos_t goos, l4re_video_view_t *view) noexcept
{
  return cap(goos)->delete_view(cpp(view));
}

int l4re_video_goos_get_view(l4re_video_goos_t goos, unsigned idx,
                             l4re_video_view_t *view) noexcept
{
  *view = {goos, idx};
  return 0;
}

int l4re_video_view_refresh(l4re_video_view_t *view, int x, int y, int w, int h) noexcept
{
  return cpp(view).refresh(x, y, w, h);
}

int l4re_video_view_get_info(l4re_video_view_t *view, l4re_video_view_info_t *info) noexcept
{
  return cpp(view).info(reinterpret_cast<View::Info *>(info));
}

int l4re_video_view_set_info(l4re_video_view_t *view, l4re_video_view_info_t *info) noexcept
{
  return cpp(view).set_info(*reinterpret_cast<View::Info *>(info));
}

int l4re_video_view_set_viewport(l4re_video_view_t *view, int x, int y, int w, int h,
                                 unsigned long bofs) noexcept
{
  return cpp(view).set_viewport(x, y, w, h, bofs);
}

int l4re_video_view_stack(l4re_video_view_t *view, l4re_video_view_t *pivot, int behind) noexcept
{
  return cpp(view).stack(pivot ? cpp(pivot) : View(), behind != 0);
}

// SPDX-License-Identifier: MIT
#include <l4/re/c/event.h>
#include <l4/re/event>

using L4Re::Event;

namespace {

L4::Cap<Event> cap(l4_cap_idx_t server)
{
  return L4::Cap<Event>(server);
}

} // namespace

long l4re_event_get_buffer(l4_cap_idx_t server, l4re_ds_t ds) noexcept
{
  return cap(server)->get_buffer(L4::Cap<L4Re::Dataspace>(ds));
}

long l4re_event_get_num_streams(l4_cap_idx_t server) noexcept
{
  return cap(server)->get_num_streams();
}

long l4re_event_get_stream_info(l4_cap_idx_t server, int idx,
                                l4re_event_stream_info_t *info) noexcept
{
  return cap(server)->get_stream_info(idx, static_cast<L4Re::Event_stream_info *>(info));
}

long l4re_event_get_stream_info_for_id(l4_cap_idx_t server, l4_umword_t stream_id,
                                       l4re_event_stream_info_t *info) noexcept
{
  return cap(server)->get_stream_info_for_id(stream_id,
                                             static_cast<L4Re::Event_stream_info *>(info));
}

long l4re_event_get_axis_info(l4_cap_idx_t server, l4_umword_t stream_id, unsigned naxes,
                              unsigned const *axes, l4re_event_absinfo_t *infos) noexcept
{
  return cap(server)->get_axis_info(stream_id, naxes, axes, infos);
}

long l4re_event_get_stream_state_for_id(l4_cap_idx_t server, l4_umword_t stream_id,
                                        l4re_event_stream_state_t *state) noexcept
{
  return cap(server)->get_stream_state_for_id(stream_id,
                                              static_cast<L4Re::Event_stream_state *>(state));
}

// SPDX-License-Identifier: MIT
/** Sources of input events; see <l4/re/event>. Return values are 0 or negated error codes. */
#pragma once

#include <l4/re/c/dataspace.h>
#include <l4/re/event.h>

L4_BEGIN_DECLS

/** The shared buffer of events. \param ds  Free capability slot. */
L4_CV long l4re_event_get_buffer(l4_cap_idx_t server, l4re_ds_t ds) L4_NOTHROW;
L4_CV long l4re_event_get_num_streams(l4_cap_idx_t server) L4_NOTHROW;
L4_CV long l4re_event_get_stream_info(l4_cap_idx_t server, int idx,
                                      l4re_event_stream_info_t *info) L4_NOTHROW;
L4_CV long l4re_event_get_stream_info_for_id(l4_cap_idx_t server, l4_umword_t stream_id,
                                             l4re_event_stream_info_t *info) L4_NOTHROW;
/** Ranges of the axes listed in `axes`. */
L4_CV long l4re_event_get_axis_info(l4_cap_idx_t server, l4_umword_t stream_id, unsigned naxes,
                                    unsigned const *axes, l4re_event_absinfo_t *infos) L4_NOTHROW;
L4_CV long l4re_event_get_stream_state_for_id(l4_cap_idx_t server, l4_umword_t stream_id,
                                              l4re_event_stream_state_t *state) L4_NOTHROW;

/** The consumer is done with an event of a buffer. */
L4_INLINE void l4re_event_free(l4re_event_t *event) L4_NOTHROW
{
  __atomic_store_n(&event->time, 0, __ATOMIC_RELEASE);
}

L4_END_DECLS

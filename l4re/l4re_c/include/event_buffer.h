// SPDX-License-Identifier: MIT
/** Event buffers in the own address space; see <l4/re/util/event_buffer>. */
#pragma once

#include <l4/re/c/dataspace.h>
#include <l4/re/event.h>

/** A buffer and the place of the next event; its words belong to the library. */
typedef struct l4re_event_buffer_consumer_t {
  l4_umword_t _internal[8];
} l4re_event_buffer_consumer_t;

typedef void (*l4re_event_buffer_cb_t)(l4re_event_t *event, void *data);

L4_BEGIN_DECLS

/** Attach the dataspace of a buffer. \return 0 or a negated error code */
L4_CV long l4re_event_buffer_attach(l4re_event_buffer_consumer_t *consumer, l4re_ds_t ds,
                                    l4_cap_idx_t rm) L4_NOTHROW;
L4_CV long l4re_event_buffer_detach(l4re_event_buffer_consumer_t *consumer,
                                    l4_cap_idx_t rm) L4_NOTHROW;
/** Next event, which the caller frees with l4re_event_free(), or a null pointer. */
L4_CV l4re_event_t *l4re_event_buffer_next(l4re_event_buffer_consumer_t *consumer) L4_NOTHROW;
/** Call `cb` for each event that is there, and free it. */
L4_CV void
l4re_event_buffer_consumer_foreach_available_event(l4re_event_buffer_consumer_t *consumer,
                                                   void *data,
                                                   l4re_event_buffer_cb_t cb) L4_NOTHROW;
/**
 * Wait for events and consume them, for ever.
 * \param irq     Notification of the source; is bound to `thread`.
 * \param thread  The calling thread.
 */
L4_NORETURN L4_CV void
l4re_event_buffer_consumer_process(l4re_event_buffer_consumer_t *consumer, l4_cap_idx_t irq,
                                   l4_cap_idx_t thread, void *data,
                                   l4re_event_buffer_cb_t cb) L4_NOTHROW;

L4_END_DECLS

// SPDX-License-Identifier: MIT
#include <l4/re/c/event_buffer.h>
#include <l4/re/util/event_buffer>

#include <new>

namespace {

using Consumer = L4Re::Util::Event_buffer_consumer;
static_assert(sizeof(Consumer) <= sizeof(l4re_event_buffer_consumer_t));
static_assert(sizeof(Consumer::Event) == sizeof(l4re_event_t));

Consumer *buffer(l4re_event_buffer_consumer_t *consumer)
{
  return reinterpret_cast<Consumer *>(consumer->_internal);
}

l4re_event_t *c_event(Consumer::Event *event)
{
  return reinterpret_cast<l4re_event_t *>(event);
}

} // namespace

long l4re_event_buffer_attach(l4re_event_buffer_consumer_t *consumer, l4re_ds_t ds,
                              l4_cap_idx_t rm) noexcept
{
  auto *const b = new (consumer->_internal) Consumer;
  return b->attach(L4::Cap<L4Re::Dataspace>(ds), L4::Cap<L4Re::Rm>(rm));
}

long l4re_event_buffer_detach(l4re_event_buffer_consumer_t *consumer, l4_cap_idx_t rm) noexcept
{
  return buffer(consumer)->detach(L4::Cap<L4Re::Rm>(rm));
}

l4re_event_t *l4re_event_buffer_next(l4re_event_buffer_consumer_t *consumer) noexcept
{
  return c_event(buffer(consumer)->next());
}

void l4re_event_buffer_consumer_foreach_available_event(l4re_event_buffer_consumer_t *consumer,
                                                        void *data,
                                                        l4re_event_buffer_cb_t cb) noexcept
{
  buffer(consumer)->foreach_available_event(
      [cb](Consumer::Event *event, void *d) { cb(c_event(event), d); }, data);
}

void l4re_event_buffer_consumer_process(l4re_event_buffer_consumer_t *consumer, l4_cap_idx_t irq,
                                        l4_cap_idx_t thread, void *data,
                                        l4re_event_buffer_cb_t cb) noexcept
{
  buffer(consumer)->process(
      L4::Cap<L4::Irq>(irq), L4::Cap<L4::Thread>(thread),
      [cb](Consumer::Event *event, void *d) { cb(c_event(event), d); }, data);
}

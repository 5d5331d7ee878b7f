// SPDX-License-Identifier: MIT
/** Messages of event sources and screens, as dumped in l4re-protocols.md. */
#include "wire.h"

#include <l4/re/console>

namespace {

TEST_F(Wire, events_and_screens)
{
  static_assert(sizeof(L4Re::Event_stream_info) == 184 && sizeof(L4Re::Event_stream_state) == 72
                && sizeof(L4Re::Event_buffer::Event) == 24);
  auto event = object<L4Re::Event>();
  event->get_buffer(L4::Cap<L4Re::Dataspace>(Slot));
  expect_request(0x4006, {0});
  L4Re::Event_stream_info info;
  event->get_stream_info(2, &info);
  expect_request(0x4006, {2 | (2UL << 32)});
  kernel.answer_words({1, 5 | (6UL << 32), 0, 0});
  unsigned axis = 3;
  L4Re::Event_absinfo absinfo;
  EXPECT_EQ(0, event->get_axis_info(9, 1, &axis, &absinfo));
  expect_request(0x4006, {4, 9, 1, 3});
  EXPECT_EQ(absinfo.min, 6);

  kernel.answer(l4_msgtag(3, 0, 0, 0));
  auto goos = object<L4Re::Video::Goos>();
  L4Re::Video::View view;
  EXPECT_EQ(3, goos->create_view(&view));
  expect_request(0x4003, {3});
  view.push_top();
  expect_request(0x4003, {8 | (3UL << 32), 0xffffffff | (1UL << 32)});
  goos->refresh(1, 2, 3, 4);
  expect_request(0x4003, {10 | (1UL << 32), 2 | (3UL << 32), 4});
  view.set_viewport(1, 2, 3, 4, 5);
  EXPECT_EQ(kernel.last().words.size(), 10U);
  EXPECT_EQ(kernel.last().words[1], 0x12U);
  EXPECT_EQ(kernel.last().words[6], 5U);
}

TEST(Event_buffer, entries_go_around)
{
  L4Re::Event_buffer::Event memory[3];
  L4Re::Event_buffer producer(memory, sizeof(memory)), consumer(memory, sizeof(memory));
  producer.reset();
  for (int i = 1; i < 10; ++i) {
    EXPECT_TRUE(producer.put({i, {1, 2, i, 0}}));
    auto *e = consumer.next();
    ASSERT_TRUE(e);
    EXPECT_EQ(e->payload.value, i);
    e->free();
  }
  EXPECT_FALSE(consumer.next());
  for (int i = 1; i <= 3; ++i)
    EXPECT_TRUE(producer.put({i, {}}));
  EXPECT_FALSE(producer.put({4, {}}));
}

} // namespace

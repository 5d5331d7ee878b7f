// SPDX-License-Identifier: MIT
/** Messages of the small interfaces, word by word as l4re-protocols.md has them. */
#include "wire.h"

#include <l4/ned/cmd_control>
#include <l4/re/console>
#include <l4/re/debug>
#include <l4/re/dma_space>
#include <l4/re/inhibitor>
#include <l4/re/mmio_space>
#include <l4/re/remote_access>
#include <l4/re/rm>

namespace {

constexpr l4_umword_t high(l4_umword_t value) { return value << 32; }

/** A capability as an item: mapped, with the right to read. */
constexpr l4_umword_t Map_item = 8, Ds_item = Ds | 0x30 | L4_CAP_FPAGE_RO,
                      Slot_item = Slot | 0x30 | L4_CAP_FPAGE_RO;

TEST_F(Wire, dma_space)
{
  auto const space = object<L4Re::Dma_space>();
  L4::Cap<L4Re::Dataspace> const ds(Ds);
  kernel.answer_words({0x3000, 0x7000});
  l4_uint64_t size = 0x4000, address = 0x5000;
  EXPECT_EQ(0,
            space->map(ds, 0x1000, &size, &address, 0xffffffff, L4Re::Dma_space::F::Partial, 12));
  expect_request(0x4008, {0, 0x1000, 0x4000, 12 | high(2), 0x5000, 0xffffffff, Map_item, Ds_item},
                 1);
  EXPECT_EQ(size, 0x3000U);
  EXPECT_EQ(address, 0x7000U);

  kernel.answer(l4_msgtag(0, 0, 0, 0));
  EXPECT_EQ(0, space->unmap(0x7000, 0x3000, L4Re::Dma_space::F::Cancel_reservation));
  expect_request(0x4008, {1, 0x7000, 0x3000, 1});
  EXPECT_EQ(0, space->associate(L4::Cap<L4::Task>(Slot), L4Re::Dma_space::Space_attribs::Coherent));
  expect_request(0x4008, {2, 1, Map_item, Slot_item}, 1);
  EXPECT_EQ(0, space->disassociate());
  expect_request(0x4008, {3});
}

TEST_F(Wire, dma_space_of_older_programs_searches_an_address)
{
  kernel.answer_words({0x1000, 0x9000});
  l4_size_t size = 0x1000;
  L4Re::Dma_space::Dma_addr address = 0x1234;
  EXPECT_EQ(0, object<L4Re::Dma_space>()->map(L4::Cap<L4Re::Dataspace>(Ds), 0, &size,
                                              L4Re::Dma_space::Attributes::None,
                                              L4Re::Dma_space::To_device, &address));
  expect_request(0x4008, {0, 0, 0x1000, L4_SUPERPAGESHIFT | high(1), 0, ~0UL, Map_item, Ds_item},
                 1);
  EXPECT_EQ(address, 0x9000U);
}

TEST_F(Wire, dma_space_manager)
{
  using Mgr = L4Re::Dma_space_mgr;
  auto const mgr = object<Mgr>();
  L4::Cap<L4Re::Dma_space> const space(Ds);
  EXPECT_EQ(0, mgr->associate(space, L4::Cap<L4::Task>(Slot), Mgr::Identity));
  expect_request(0, {0 | high(1), Map_item, Ds_item, Map_item, Slot_item}, 2);
  EXPECT_EQ(0, mgr->associate_phys(space, Mgr::No_attribs));
  expect_request(0, {1, Map_item, Ds_item}, 1);
  EXPECT_EQ(0, mgr->disassociate(space));
  expect_request(0, {2, Map_item, Ds_item}, 1);
  EXPECT_EQ(0, mgr->set_limits(space, 0x1000, 0xffff));
  expect_request(0, {4, 0x1000, 0xffff, Map_item, Ds_item}, 1);
  kernel.answer_words({0x600000});
  l4_uint64_t address = 0x200000;
  EXPECT_EQ(0, mgr->block_area(space, &address, 0x1000, 0xffffff, Mgr::Search_addr, 21));
  expect_request(0, {3, 0x200000, 0x1000, 0xffffff, 1 | high(21), Map_item, Ds_item}, 1);
  EXPECT_EQ(address, 0x600000U);
}

TEST_F(Wire, mmio_space_and_remote_access)
{
  EXPECT_EQ(0, object<L4Re::Mmio_space>()->mmio_write(0x20, L4Re::Mmio_space::Wd_32bit, 0xabcd));
  expect_request(0x4009, {1, 0x20, 2, 0xabcd});

  auto const other = object<L4Re::Remote_access>();
  EXPECT_EQ(0, other->write_mem(0x30, 3, 0x77));
  expect_request(0x400c, {1, 0x30, 3, 0x77});
  kernel.answer_words({0x99});
  l4_uint64_t value = 0;
  EXPECT_EQ(0, other->read_mem(0x40, 0, &value));
  expect_request(0x400c, {0, 0x40, 0});
  EXPECT_EQ(value, 0x99U);
  other->terminate(7);
  EXPECT_EQ(kernel.last().flags(), L4_SYSF_SEND);
  EXPECT_EQ(kernel.last().tag.label(), 0x400c);
  EXPECT_EQ(kernel.last().words, (Words{2 | high(7)}));
}

TEST_F(Wire, debug_and_commands_of_ned)
{
  EXPECT_EQ(0, object<L4Re::Debug_obj>()->debug(5));
  expect_request(-32768, {5});

  kernel.answer_words({bytes("\3\0two\0\0\0")});
  char text[16] = {};
  L4::Ipc::Array<char> result(sizeof(text), text);
  EXPECT_EQ(0, object<L4Re::Ned::Cmd_control>()->execute("x=1", result));
  expect_request(0, {0, 4, bytes("x=1\0\0\0\0\0")});
  EXPECT_EQ(result.length, 3U);
  EXPECT_STREQ(text, "two");
}

TEST_F(Wire, inhibitor)
{
  auto const inhibitor = object<L4Re::Inhibitor>();
  EXPECT_EQ(0, inhibitor->release(9));
  expect_request(0x4007, {1, 9});
  kernel.answer_words({4, 5, bytes("disk\0\0\0\0")});
  char name[20] = {};
  EXPECT_EQ(4, inhibitor->next_lock_info(name, sizeof(name), 3));
  expect_request(0x4007, {2, 3});
  EXPECT_STREQ(name, "disk");
}

TEST_F(Wire, events_by_number_and_by_stream)
{
  auto const event = object<L4Re::Event>();
  kernel.answer(l4_msgtag(3, 0, 0, 0));
  EXPECT_EQ(3, event->get_num_streams());
  expect_request(0x4006, {1});
  kernel.answer_words(Words(23, 0));
  L4Re::Event_stream_info info;
  EXPECT_EQ(0, event->get_stream_info_for_id(0x1234, &info));
  expect_request(0x4006, {3, 0x1234});
  L4Re::Event_stream_state state;
  EXPECT_EQ(0, event->get_stream_state_for_id(0x1234, &state));
  expect_request(0x4006, {5, 0x1234});
}

TEST_F(Wire, buffers_of_screens)
{
  auto const goos = object<L4Re::Video::Goos>();
  L4::Cap<L4Re::Dataspace> const slot(Slot);
  auto const expect_one_buffer = [this] {
    ASSERT_EQ(kernel.last().buffers.size(), 1U);
    EXPECT_EQ(kernel.last().buffers[0] & ~0x5UL, Slot | 0xa); // local identities are allowed or not
  };
  kernel.answer(l4_msgtag(2, 0, 0, 0));
  EXPECT_EQ(2, goos->get_static_buffer(1, slot));
  expect_request(0x4003, {1 | high(1)});
  expect_one_buffer();
  EXPECT_EQ(2, goos->create_buffer(0x9000, slot));
  expect_request(0x4003, {2, 0x9000});
  expect_one_buffer();
  kernel.answer(l4_msgtag(0, 0, 0, 0));
  EXPECT_EQ(0, goos->delete_buffer(6));
  expect_request(0x4003, {4 | high(6)});
}

TEST_F(Wire, views_of_screens)
{
  auto const goos = object<L4Re::Video::Goos>();
  L4Re::Video::View const view = goos->view(5);
  EXPECT_EQ(0, goos->delete_view(view));
  expect_request(0x4003, {5 | high(5)});
  EXPECT_EQ(0, view.refresh(1, 2, 3, 4));
  expect_request(0x4003, {9 | high(5), 1 | high(2), 3 | high(4)});

  kernel.answer_words({800, 600, 0xc | high(1), 2});
  L4Re::Video::Goos::Info screen;
  EXPECT_EQ(-L4_EMSGTOOSHORT, goos->info(&screen));
  kernel.answer_words({800, 600, 0xc | high(1), 2, 0});
  EXPECT_EQ(0, goos->info(&screen));
  expect_request(0x4003, {0});
  EXPECT_TRUE(screen.width == 800 && screen.has_dynamic_views() && screen.num_static_views == 1 &&
              screen.num_static_buffers == 2);

  kernel.answer_words({0x20 | high(5), 10, 20, 30, 40, 50, 60, 0, high(0) | 3});
  L4Re::Video::View::Info info;
  EXPECT_EQ(0, view.info(&info));
  expect_request(0x4003, {6 | high(5)});
  EXPECT_TRUE(info.view_index == 5 && info.xpos == 10 && info.height == 40 &&
              info.bytes_per_line == 60);
}

TEST_F(Wire, rest_of_the_region_map)
{
  auto const rm = object<L4Re::Rm>();
  kernel.answer(l4_msgtag(0, 1, 0, 0));
  EXPECT_EQ(0, rm->remove_rescue_jump(0x400123));
  expect_request(0x4005, {9, 0x400123});
  kernel.answer_words({5, bytes("heap\0\0\0\0"), 0x2000});
  char name[16];
  L4::Ipc::String<char> text(sizeof(name), name);
  L4Re::Rm::Offset offset = 0;
  EXPECT_EQ(0, rm->get_info(0x5000, text, offset));
  expect_request(0x4005, {7, 0x5000});
  EXPECT_STREQ(name, "heap");
  EXPECT_EQ(offset, 0x2000U);
}

} // namespace

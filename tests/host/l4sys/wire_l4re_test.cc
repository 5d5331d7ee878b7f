// SPDX-License-Identifier: MIT
/** Messages of the L4Re interfaces, as dumped in l4re-protocols.md. */
#include "wire.h"

#include <l4/re/dbg_events>
#include <l4/re/inhibitor>
#include <l4/re/log>
#include <l4/re/mem_alloc>
#include <l4/re/mmio_space>
#include <l4/re/namespace>
#include <l4/re/parent>
#include <l4/re/random>
#include <l4/re/rm>

namespace {

TEST_F(Wire, factory_creates_dataspace)
{
  object<L4Re::Mem_alloc>()->alloc(0x1000, L4::Cap<L4Re::Dataspace>(Slot),
                                   L4Re::Mem_alloc::Continuous, 0);
  expect_request(L4_PROTO_FACTORY, {0x4000, 0x80081, 0x1000, 0x80001, 1, 0x80001, 0});
  EXPECT_EQ(kernel.last().buffers, Words{Slot | 0xa});
}

TEST_F(Wire, dataspace_map)
{
  kernel.handler = [](Fake_kernel::Invocation const &, l4_umword_t *) {
    l4_utcb_mr()->mr[0] = 0x12345000 | (12 << 6) | 0x18;
    l4_utcb_mr()->mr[1] = 0;
    return l4_msgtag(0, 0, 1, 0);
  };
  EXPECT_EQ(0, object<L4Re::Dataspace>()->map(0x3000, L4Re::Dataspace::F::RW, 0x503010, 0x500000,
                                              0x600000));
  // Offset and address agree in the low 20 bits: a window of 1 MiB.
  expect_request(0x4000, {0, 0x3000, 0x3000, 6});
  EXPECT_EQ(kernel.last().buffers, (Words{8, 0x500000 | (20 << 6) | 0x10}));
}

TEST_F(Wire, dataspace_map_into_other_task)
{
  kernel.answer(l4_msgtag(-L4_EPERM, 0, 0, 0));
  EXPECT_EQ(-L4_EPERM, object<L4Re::Dataspace>()->map(0, L4Re::Dataspace::F::R, 0x1000, 0x1000,
                                                      0x2000, L4::Cap<L4::Task>(0x7000)));
  EXPECT_EQ(kernel.last().buffers, (Words{9, 0x1000 | (12 << 6) | 0x10, 0x7000}));
}

TEST_F(Wire, dataspace_map_region_goes_on_behind_what_was_mapped)
{
  kernel.handler = [](Fake_kernel::Invocation const &, l4_umword_t *) {
    l4_utcb_mr()->mr[0] = (13 << 6) | 0x18; // 8 KiB each
    l4_utcb_mr()->mr[1] = 0;
    return l4_msgtag(0, 0, 1, 0);
  };
  EXPECT_EQ(0, object<L4Re::Dataspace>()->map_region(0, L4Re::Dataspace::F::R, 0x10000, 0x14000));
  ASSERT_EQ(kernel.log.size(), 2U);
  EXPECT_EQ(kernel.log[1].words[1], 0x2000U);
}

TEST_F(Wire, dataspace_others)
{
  auto ds = object<L4Re::Dataspace>();
  ds->clear(0x1000, 0x2000);
  expect_request(0x4000, {1, 0x1000, 0x2000});
  EXPECT_TRUE(kernel.last().buffers.empty());

  kernel.answer_words({0x5000, 5});
  L4Re::Dataspace::Stats stats;
  EXPECT_EQ(0, ds->info(&stats));
  expect_request(0x4000, {2});
  EXPECT_EQ(stats.size, 0x5000U);
  EXPECT_EQ(stats.flags.raw, 5U);
  EXPECT_EQ(ds->size(), 0x5000U);

  kernel.answer(l4_msgtag(0, 0, 0, 0));
  ds->copy_in(0x10, L4::Cap<L4Re::Dataspace>(Ds), 0x20, 0x30);
  expect_request(0x4000, {3, 0x10, 0x20, 0x30, 8, Ds | 0x30 | L4_CAP_FPAGE_RO}, 1);

  ds->allocate(1, 2);
  expect_request(0x4000, {4, 1, 2});
}

TEST_F(Wire, short_answer_is_an_error)
{
  kernel.answer_words({0x5000});
  L4Re::Dataspace::Stats stats;
  EXPECT_EQ(-L4_EMSGTOOSHORT, object<L4Re::Dataspace>()->info(&stats));
  EXPECT_EQ(0U, object<L4Re::Dataspace>()->size());
}

TEST_F(Wire, rm_attach)
{
  kernel.answer_words({0x700000});
  l4_addr_t start = 0x600000;
  typedef L4Re::Rm Rm;
  EXPECT_EQ(0, object<Rm>()->attach(&start, 0x3000, Rm::F::Search_addr | Rm::F::RW,
                                    L4::Ipc::make_cap_rw(L4::Cap<L4Re::Dataspace>(Ds)), 0x1000,
                                    L4_PAGESHIFT, L4::Cap<L4::Task>::Invalid, "name", 0x99));
  EXPECT_EQ(start, 0x700000U);
  expect_request(0x4005,
                 {0, 0x600000, 0x3000, 0x20006, 0x1000, 12, Ds, 5, bytes("name\0\0\0\0"), 0x99, 8,
                  Ds | 0x30 | L4_CAP_FPAGE_RW},
                 1);
}

TEST_F(Wire, rm_attach_sends_no_more_rights_than_needed_and_no_dataspace_where_none_is)
{
  kernel.answer_words({0});
  typedef L4Re::Rm Rm;
  auto mem = L4::Ipc::make_cap_rw(L4::Cap<L4Re::Dataspace>(Ds));
  l4_addr_t start = 0;
  object<Rm>()->attach(&start, 0x1000, Rm::F::R, mem);
  EXPECT_EQ(kernel.last().words.back() & 0xf, L4_CAP_FPAGE_RO + 0U);
  object<Rm>()->attach(&start, 0x1000, Rm::F::Reserved, mem);
  EXPECT_EQ(kernel.last().tag.items(), 0U);
  object<Rm>()->attach(&start, 0x1000, Rm::F::RW | Rm::F::Anonymous,
                       L4::Cap<L4Re::Dataspace>::Invalid);
  EXPECT_EQ(kernel.last().tag.items(), 0U);
}

TEST_F(Wire, rm_attach_with_a_very_long_name)
{
  kernel.answer_words({0x1000});
  std::string name(600, 'n');
  l4_addr_t start = 0;
  EXPECT_EQ(0, object<L4Re::Rm>()->attach(&start, 0x1000, L4Re::Rm::F::R,
                                          L4::Ipc::make_cap_rw(L4::Cap<L4Re::Dataspace>(Ds)), 0,
                                          L4_PAGESHIFT, L4::Cap<L4::Task>::Invalid, name.c_str()));
  EXPECT_EQ(kernel.last().tag.items(), 1U);
}

TEST_F(Wire, rm_eager_attach_pages_in)
{
  l4_addr_t start = 0x10000;
  kernel.handler = [](Fake_kernel::Invocation const &call, l4_umword_t *) {
    l4_umword_t *mr = l4_utcb_mr()->mr;
    if (call.words[0] == 0) {
      mr[0] = 0x10000;
      return l4_msgtag(0, 1, 0, 0);
    }
    mr[0] = 0;                // no helper
    mr[1] = (12 << 6) | 0x18; // one page
    mr[2] = 0;
    return l4_msgtag(0, 1, 1, 0);
  };
  typedef L4Re::Rm Rm;
  EXPECT_EQ(0, object<Rm>()->attach(&start, 0x3000, Rm::F::Eager_map | Rm::F::R,
                                    L4::Cap<L4Re::Dataspace>(Ds)));
  ASSERT_EQ(kernel.log.size(), 4U);
  EXPECT_EQ(kernel.log[1].words, (Words{10, 0x10000, 0x12fff, 4}));
  EXPECT_EQ(kernel.log[3].words[1], 0x12000U);
}

TEST_F(Wire, rm_detach_unmaps_unless_the_server_did)
{
  kernel.handler = [](Fake_kernel::Invocation const &call, l4_umword_t *) {
    l4_umword_t *mr = l4_utcb_mr()->mr;
    if (call.cap() != Object) return l4_msgtag(0, 3, 0, 0);
    mr[0] = 0x10000;
    mr[1] = 0x2000;
    mr[2] = Ds;
    return l4_msgtag(L4Re::Rm::Kept_ds, 3, 0, 0);
  };
  L4::Cap<L4Re::Dataspace> mem;
  EXPECT_EQ(L4Re::Rm::Kept_ds, object<L4Re::Rm>()->detach(0x10010, &mem));
  EXPECT_EQ(mem.cap(), Ds);
  ASSERT_EQ(kernel.log.size(), 2U);
  EXPECT_EQ(kernel.log[1].cap(), +L4_BASE_TASK_CAP);
  EXPECT_EQ(kernel.log[1].words,
            (Words{L4_TASK_UNMAP_OP, L4_FP_ALL_SPACES, l4_fpage(0x10000, 13, 7).raw}));
  EXPECT_EQ(kernel.log[0].words, (Words{1, 0x10010, 1, L4Re::Rm::Detach_overlap}));

  kernel.log.clear();
  kernel.answer(l4_msgtag(8 | L4Re::Rm::Detach_again, 0, 0, 0));
  kernel.handler = [](Fake_kernel::Invocation const &, l4_umword_t *) {
    return l4_msgtag(8 | L4Re::Rm::Detach_again, 3, 0, 0);
  };
  EXPECT_EQ(L4Re::Rm::Detach_again, object<L4Re::Rm>()->detach(0x10000, 0x1000, nullptr));
  EXPECT_EQ(kernel.log.size(), 1U);
}

TEST_F(Wire, rm_find_and_areas)
{
  kernel.answer_words({0x10000, 0x4000, 0x40004, 0x77, Ds});
  l4_addr_t addr = 0x12345;
  unsigned long size = 1;
  L4Re::Rm::Offset offset;
  L4Re::Rm::Flags flags;
  L4::Cap<L4Re::Dataspace> mem;
  EXPECT_EQ(0, object<L4Re::Rm>()->find(&addr, &size, &offset, &flags, &mem));
  expect_request(0x4005, {2, 0x12345, 1});
  EXPECT_EQ(addr, 0x10000U);
  EXPECT_EQ(size, 0x4000U);
  EXPECT_EQ(offset, 0x77U);
  EXPECT_EQ(flags, L4Re::Rm::F::In_area | L4Re::Rm::F::R);
  EXPECT_EQ(mem.cap(), Ds);

  kernel.answer_words({0x20000});
  EXPECT_EQ(0, object<L4Re::Rm>()->reserve_area(&addr, 0x1000, L4Re::Rm::F::Search_addr, 21));
  expect_request(0x4005, {3, 0x10000, 0x1000, 0x20000 | (21UL << 32)});
  EXPECT_EQ(addr, 0x20000U);

  object<L4Re::Rm>()->free_area(0x20000);
  expect_request(0x4005, {4, 0x20000});
  object<L4Re::Rm>()->add_rescue_jump(1, 2, 3);
  expect_request(0x4005, {8, 1, 2, 3});
}

TEST_F(Wire, rm_get_regions)
{
  kernel.handler = [](Fake_kernel::Invocation const &, l4_umword_t *) {
    l4_umword_t *mr = l4_utcb_mr()->mr;
    for (unsigned i = 0; i < 6; ++i)
      mr[i] = i;
    return l4_msgtag(2, 6, 0, 0);
  };
  L4Re::Rm::Range const *regions = nullptr;
  EXPECT_EQ(2, object<L4Re::Rm>()->get_regions(0x1000, &regions));
  expect_request(0x4005, {5, 0x1000});
  EXPECT_EQ(regions[1].start, 3U);
  EXPECT_EQ(regions[1].flags.raw, 5U);

  // A server that promises more than it sends is not believed.
  kernel.answer(l4_msgtag(3, 6, 0, 0));
  EXPECT_EQ(-L4_EMSGTOOSHORT, object<L4Re::Rm>()->get_regions(0, &regions));
}

TEST_F(Wire, namespace_query)
{
  kernel.handler = [](Fake_kernel::Invocation const &, l4_umword_t *) {
    l4_utcb_mr()->mr[0] = 0x38;
    l4_utcb_mr()->mr[1] = 0;
    return l4_msgtag(0, 0, 1, 0);
  };
  EXPECT_EQ(0, object<L4Re::Namespace>()->query("hello", L4::Cap<void>(Slot)));
  expect_request(0x4001, {0, 5, bytes("hello\0\0\0")});
  EXPECT_EQ(kernel.last().buffers, Words{Slot | 0xa});
}

TEST_F(Wire, namespace_query_goes_on_in_the_next_name_space)
{
  kernel.handler = [](Fake_kernel::Invocation const &call, l4_umword_t *) {
    l4_umword_t *mr = l4_utcb_mr()->mr;
    if (call.cap() == Object) {
      mr[0] = 0;
      mr[1] = 3;
      std::memcpy(&mr[2], "two", 3);
      mr[3] = 0x38;
      mr[4] = 0;
      return l4_msgtag(L4Re::Namespace::Partly_resolved, 3, 1, 0);
    }
    mr[0] = 0x38;
    mr[1] = 0;
    return l4_msgtag(0, 0, 1, 0);
  };
  EXPECT_EQ(0, object<L4Re::Namespace>()->query("one/two", L4::Cap<void>(Slot)));
  ASSERT_EQ(kernel.log.size(), 2U);
  EXPECT_EQ(kernel.log[1].cap(), Slot);
  EXPECT_EQ(kernel.log[1].words[1], 3U);
}

TEST_F(Wire, namespace_query_ends_although_the_server_lies)
{
  kernel.handler = [](Fake_kernel::Invocation const &, l4_umword_t *) {
    l4_umword_t *mr = l4_utcb_mr()->mr;
    mr[0] = 0;
    mr[1] = 7;
    mr[3] = 0x38;
    return l4_msgtag(L4Re::Namespace::Partly_resolved, 3, 1, 0);
  };
  EXPECT_EQ(-L4_ENOENT, object<L4Re::Namespace>()->query("one/two", L4::Cap<void>(Slot)));
}

TEST_F(Wire, namespace_query_waits_for_an_announced_name)
{
  unsigned tries = 0;
  kernel.handler = [&](Fake_kernel::Invocation const &call, l4_umword_t *) {
    if (call.cap() != Object) {
      l4_utcb_tcr()->error = L4_IPC_RETIMEOUT;
      return l4_msgtag(0, 0, 0, L4_MSGTAG_ERROR);
    }
    return l4_msgtag(++tries < 4 ? -L4_EAGAIN : -L4_EPERM, 0, 0, 0);
  };
  EXPECT_EQ(-L4_EPERM, object<L4Re::Namespace>()->query("x", L4::Cap<void>(Slot)));
  EXPECT_EQ(tries, 4U);
  EXPECT_EQ(l4_timeout_rel_get({static_cast<l4_uint16_t>(kernel.log[1].timeout & 0xffff)}), 10000U);
  tries = 0;
  EXPECT_EQ(-L4_EAGAIN, object<L4Re::Namespace>()->query("x", L4::Cap<void>(Slot), 0));
}

TEST_F(Wire, namespace_register)
{
  auto ns = object<L4Re::Namespace>();
  ns->register_obj("ab", L4::Ipc::make_cap_rws(L4::Cap<void>(Ds)), L4Re::Namespace::Rw);
  expect_request(0x4001, {1 | (5UL << 32), 2, 0x6261, 8, Ds | 0x30 | L4_CAP_FPAGE_RWS}, 1);

  ns->register_obj("ab", L4::Cap<void>::Invalid);
  EXPECT_EQ(kernel.last().tag.items(), 0U);
  ns->unlink("ab");
  expect_request(0x4001, {3, 2, 0x6261});
}

TEST_F(Wire, small_interfaces)
{
  object<L4Re::Parent>()->signal(0, 7);
  expect_request(0x4002, {0, 0, 7});

  kernel.answer_words({1, 2, 3, 4, 5});
  L4Re::Mem_alloc::Stats stats;
  EXPECT_EQ(0, object<L4Re::Mem_alloc>()->info(&stats));
  expect_request(0x400b, {0});
  EXPECT_EQ(stats.mem_free, 5U);

  object<L4Re::Inhibitor>()->acquire(3, "why");
  expect_request(0x4007, {0, 3, 4, bytes("why\0\0\0\0\0")});

  kernel.answer_words({0x1122});
  l4_uint64_t value;
  EXPECT_EQ(0, object<L4Re::Mmio_space>()->mmio_read(0x10, L4Re::Mmio_space::Wd_16bit, &value));
  expect_request(0x4009, {0, 0x10, 1});
  EXPECT_EQ(value, 0x1122U);

  kernel.answer_words({3, 0x030201});
  char random[8] = {};
  L4::Ipc::Array<char, unsigned long> buffer(sizeof(random), random);
  EXPECT_EQ(0, object<L4Re::Random>()->get_random(8, &buffer));
  expect_request(0, {0, 8});
  EXPECT_EQ(buffer.length, 3U);
  EXPECT_EQ(random[2], 3);
}

TEST_F(Wire, exception_state_travels_to_dbg_events)
{
  l4_exc_regs_t regs = {};
  regs.r15 = 1;
  regs.gs = 2;
  object<L4Re::Dbg_events>()->request_backtrace(&regs, L4::Cap<L4Re::Remote_access>(Ds),
                                                L4::Cap<L4Re::Rm>(Slot));
  EXPECT_EQ(kernel.last().tag.words(), 27U);
  EXPECT_EQ(kernel.last().tag.items(), 2U);
  EXPECT_EQ(kernel.last().words[1], 1U);
}

TEST_F(Wire, log_keeps_the_message_registers)
{
  l4_utcb_mr()->mr[3] = 0x1234;
  std::string text(1000, 'x');
  object<L4Re::Log>()->print(text.c_str());
  EXPECT_EQ(l4_utcb_mr()->mr[3], 0x1234U);
  ASSERT_EQ(kernel.log.size(), 3U);
  EXPECT_EQ(kernel.log[0].flags(), +L4_SYSF_SEND);
  EXPECT_EQ(kernel.log[0].tag.label(), L4_PROTO_LOG);
  EXPECT_EQ(kernel.log[0].tag.flags(), +L4_MSGTAG_SCHEDULE);
  EXPECT_EQ(kernel.log[0].words.size(), 63U);
  EXPECT_EQ(kernel.log[2].words[1], 1000U - 2 * 488);
}

} // namespace

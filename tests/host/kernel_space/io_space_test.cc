// SPDX-License-Identifier: MIT
// I/O spaces: abi/ipc.md section 4 (ports are mapped one to one), abi/kernel-objects.md section 2.
#include "space_probe.h"

namespace {

class Io : public ::testing::Test {
protected:
  Io()
  {
    host::reset();
    sigma0.space.init(sigma0.quota, Map_space::Identity::Yes);
    for (auto *space : {&a, &b, &c})
      space->space.init(space->quota);
  }
  static Fpage ports(Word port, unsigned order, u8 rights = Fpage::R | Fpage::W)
  {
    return Fpage(Fpage::Type::Io, port << 12, order, rights);
  }
  static Mapped map(Io_space &from, Fpage send, Io_space &to,
                    Fpage window = Fpage(Fpage::All_spaces), Word control = Map_control)
  {
    return map_all(from, to, Map_item::into(window, send, Send_item(control)));
  }
  /// What the processor reads.
  static bool allowed(Io_space const &space, Word port)
  {
    return space.bitmap() && !(space.bitmap()[port / 8] >> port % 8 & 1);
  }
  static Word count(Io_space const &space)
  {
    Word n = 0;
    for (Word port = 0; port < Io_space::Port_count; ++port)
      n += allowed(space, port);
    return n;
  }

  Owned<Io_space> sigma0, a, b, c;
};

TEST_F(Io, no_memory_before_the_first_port)
{
  EXPECT_EQ(a.quota.used(), 0u);
  EXPECT_EQ(a.space.bitmap(), nullptr);
  EXPECT_FALSE(a.space.has_ports(0x60, 1));
  unmap_all(a.space, ports(0, 16), true);
  EXPECT_EQ(a.quota.used(), 0u);
}

TEST_F(Io, ipc_4_intersection_of_both_flexpages)
{
  EXPECT_TRUE(map(sigma0.space, ports(0x60, 4), a.space, ports(0x64, 2)).mapped);
  EXPECT_EQ(count(a.space), 4u);
  EXPECT_TRUE(allowed(a.space, 0x64) && allowed(a.space, 0x67));
  EXPECT_FALSE(map(sigma0.space, ports(0x60, 4), a.space, ports(0x70, 4)).mapped) << "disjoint";
  EXPECT_TRUE(
      map(sigma0.space, ports(0x3f8, 3), a.space, ports(0, 16), (Word{0x77} << 12) | 8).mapped)
      << "the hot spot is ignored";
  EXPECT_EQ(count(a.space), 12u);
  EXPECT_TRUE(a.space.has_ports(0x3f8, 8));
  EXPECT_FALSE(a.space.has_ports(0x3f8, 9));
}

TEST_F(Io, ipc_4_whole_space_and_large_blocks)
{
  EXPECT_TRUE(map(sigma0.space, ports(0, Fpage::Whole_space), a.space).mapped);
  EXPECT_EQ(count(a.space), 65536u);
  EXPECT_LT(a.quota.used(), 40000u) << "512 ports are one page";
  EXPECT_TRUE(map(a.space, ports(0, 16), b.space, ports(0, Fpage::Whole_space)).mapped);
  EXPECT_EQ(count(b.space), 65536u);
  unmap_all(a.space, ports(0x100, 8), false);
  EXPECT_EQ(count(a.space), 65536u);
  EXPECT_EQ(count(b.space), 65536u - 512) << "a large descendant goes completely";
}

TEST_F(Io, rights_r_and_w_are_one)
{
  EXPECT_FALSE(map(sigma0.space, ports(0x60, 0, 1), a.space).mapped);
  EXPECT_TRUE(map(sigma0.space, ports(0x60, 0, Fpage::W), a.space).mapped);
  EXPECT_TRUE(map(a.space, ports(0x60, 0, Fpage::R), b.space).mapped);
  unmap_all(a.space, ports(0x60, 0, 1), true);
  EXPECT_TRUE(allowed(b.space, 0x60));
  unmap_all(a.space, ports(0x60, 0, Fpage::W), true);
  EXPECT_FALSE(allowed(a.space, 0x60));
  EXPECT_FALSE(allowed(b.space, 0x60));
}

TEST_F(Io, hierarchical_unmap_and_grant)
{
  map(sigma0.space, ports(0x60, 3), a.space);
  map(a.space, ports(0x60, 3), b.space);
  map(b.space, ports(0x60, 3), c.space, Fpage(Fpage::All_spaces), Map_control | Grant);
  EXPECT_EQ(count(b.space), 0u);
  EXPECT_EQ(count(c.space), 8u);
  unmap_all(a.space, ports(0x62, 1), false);
  EXPECT_EQ(count(a.space), 8u);
  EXPECT_EQ(count(c.space), 6u);
  unmap_all(sigma0.space, ports(0, 16), false);
  EXPECT_EQ(count(a.space) + count(c.space), 0u);
}

TEST_F(Io, clear_takes_back_and_returns_all_memory)
{
  map(sigma0.space, ports(0, 16), a.space);
  map(a.space, ports(0x3f8, 3), b.space);
  a.clear();
  EXPECT_EQ(a.quota.used(), 0u);
  EXPECT_EQ(count(b.space), 0u);
  EXPECT_EQ(a.space.bitmap(), nullptr);
}

TEST_F(Io, load_gives_the_cpu_the_ports_until_one_is_removed)
{
  map(sigma0.space, ports(0x60, 1), a.space);
  a.space.load();
  ASSERT_EQ(host::machine.io_bitmap[0].size(), 8192u);
  EXPECT_EQ(host::machine.io_bitmap[0][0x60 / 8], 0xfc);
  EXPECT_EQ(a.space.active_cpus(), 1u);
  unmap_all(a.space, ports(0x60, 0), true);
  EXPECT_TRUE(host::machine.io_bitmap[0].empty()) << "the copy allows too much";
  b.space.load();
  EXPECT_TRUE(host::machine.io_bitmap[0].empty()) << "no port, no bitmap";
}

TEST_F(Io, cpus_that_may_use_a_removed_port_are_told)
{
  map(sigma0.space, ports(0x60, 0), a.space);
  a.space.activate_on(3);
  Unmap_item item{.pages = ports(0x60, 0), .own = true};
  Tlb_batch tlb;
  EXPECT_EQ(a.space.unmap(item, tlb), Step::Done);
  EXPECT_EQ(tlb.remote_cpus(), Word{1} << 3);
}

TEST_F(Io, quota_every_allocation_may_fail_and_leaks_nothing)
{
  unsigned failures = 0;
  for (Word limit = 1;; limit += 32, ++failures) {
    Owned<Io_space> poor(limit);
    poor.space.init(poor.quota);
    if (map(sigma0.space, ports(0x3f8, 3), poor.space).step == Step::Done &&
        map(sigma0.space, ports(0x400, 9), poor.space).step == Step::Done)
      break;
  }
  EXPECT_GT(failures, 100u);
}

} // namespace

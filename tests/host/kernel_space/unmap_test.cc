// SPDX-License-Identifier: MIT
// Unmapping, withdrawal of rights, access flags, destruction: abi/kernel-objects.md section 2.
#include "mem_map.h"

namespace {

TEST_F(Mem_map, objects_2_unmap_own_and_descendants)
{
  give(a.space, 0x10000, 0x200000);
  map(a.space, mem(0x10000), b.space, 0x20000);
  map(b.space, mem(0x20000), c.space, 0x30000);
  unmap_all(a.space, mem(0x10000), false);
  EXPECT_TRUE(translate(a.space, 0x10000));
  EXPECT_FALSE(translate(b.space, 0x20000));
  EXPECT_FALSE(translate(c.space, 0x30000));
  unmap_all(a.space, mem(0x10000), true);
  EXPECT_FALSE(translate(a.space, 0x10000));
  EXPECT_TRUE(translate(sigma0.space, 0x200000)) << "parents keep their rights";
}

TEST_F(Mem_map, objects_2_withdrawal_of_rights_is_recursive)
{
  give(a.space, 0x10000, 0x200000);
  map(a.space, mem(0x10000), b.space, 0x20000);
  map(b.space, mem(0x20000), c.space, 0x30000);
  unmap_all(a.space, mem(0x10000, 12, W), false);
  EXPECT_EQ(rights(a.space, 0x10000), Rwx);
  EXPECT_EQ(rights(b.space, 0x20000), R | X);
  EXPECT_EQ(rights(c.space, 0x30000), R | X);
  unmap_all(a.space, mem(0x10000, 12, X), true);
  EXPECT_EQ(rights(a.space, 0x10000), R | W);
  EXPECT_EQ(rights(c.space, 0x30000), R);
  EXPECT_EQ(rights(sigma0.space, 0x200000), Rwx);
}

TEST_F(Mem_map, objects_2_own_large_page_touched_by_the_range_goes_completely)
{
  give(a.space, Mib2, 0x400000, 21);
  map(a.space, mem(Mib2 + 64 * Kib4), b.space, 0x20000);
  unmap_all(a.space, mem(Mib2 + 3 * Kib4, 12, W), true);
  EXPECT_EQ(rights(a.space, Mib2 + 100 * Kib4), R | X) << "reduced completely";
  EXPECT_EQ(rights(b.space, 0x20000), R | X);
  unmap_all(a.space, mem(Mib2 + 3 * Kib4), true);
  EXPECT_FALSE(translate(a.space, Mib2 + 100 * Kib4));
  EXPECT_FALSE(translate(b.space, 0x20000));
}

TEST_F(Mem_map, objects_2_others_outside_the_range_of_a_large_page_stay)
{
  give(a.space, Mib2, 0x400000, 21);
  map(a.space, mem(Mib2 + 3 * Kib4), b.space, 0x23000);
  map(a.space, mem(Mib2 + 4 * Kib4), b.space, 0x24000);
  map(a.space, mem(Mib2, 21), c.space, 8 * Mib2);
  map(c.space, mem(8 * Mib2 + 9 * Kib4), b.space, 0x29000);
  unmap_all(a.space, mem(Mib2 + 4 * Kib4), false);
  EXPECT_TRUE(translate(a.space, Mib2));
  EXPECT_TRUE(translate(b.space, 0x23000)) << "outside the named range";
  EXPECT_FALSE(translate(b.space, 0x24000));
  EXPECT_FALSE(translate(c.space, 8 * Mib2)) << "a large descendant goes completely";
  EXPECT_FALSE(translate(b.space, 0x29000));
}

TEST_F(Mem_map, objects_2_access_flags_are_collected_and_remembered)
{
  give(a.space, 0x10000, 0x200000);
  map(a.space, mem(0x10000), b.space, 0x20000);
  EXPECT_EQ(unmap_all(a.space, mem(0x10000, 12, 0), false).access_flags, 0);
  ASSERT_TRUE(touch(b.space, 0x20000, true));
  EXPECT_EQ(unmap_all(a.space, mem(0x10000), false).access_flags, 3);
  EXPECT_EQ(unmap_all(a.space, mem(0x10000, 12, 0), false).access_flags, 3) << "remembered";
  EXPECT_EQ(unmap_all(sigma0.space, mem(0x200000, 12, 0), false).access_flags, 3);
  give(c.space, 0x30000, 0x801000); // another page of sigma0: that one has no flags yet
  ASSERT_TRUE(touch(c.space, 0x30000, false));
  EXPECT_EQ(unmap_all(c.space, mem(0x30000), true).access_flags, 1) << "referenced only";
}

TEST_F(Mem_map, objects_2_new_mapping_starts_with_the_flags_of_its_source)
{
  give(a.space, 0x10000, 0x200000);
  touch(a.space, 0x10000, true);
  map(a.space, mem(0x10000), b.space, 0x20000);
  EXPECT_EQ(unmap_all(b.space, mem(0x20000), true).access_flags, 3);
}

TEST_F(Mem_map, objects_2_access_flags_of_a_large_page_and_its_pieces_in_range)
{
  give(a.space, Mib2, 0x400000, 21);
  map(a.space, mem(Mib2 + 3 * Kib4), b.space, 0x23000);
  map(a.space, mem(Mib2 + 4 * Kib4), b.space, 0x24000);
  touch(b.space, 0x23000, true);
  EXPECT_EQ(unmap_all(a.space, mem(Mib2 + 4 * Kib4, 12, 0), false).access_flags, 0);
  EXPECT_EQ(unmap_all(a.space, mem(Mib2 + 3 * Kib4, 12, 0), false).access_flags, 3);
}

TEST_F(Mem_map, objects_2_destruction_takes_back_what_was_passed_on)
{
  give(a.space, 0x10000, 0x200000);
  give(a.space, Mib2, 0x400000, 21);
  map(a.space, mem(0x10000), b.space, 0x20000);
  map(a.space, mem(Mib2 + Kib4), b.space, 0x21000);
  ASSERT_EQ(add_ku_mem(a.space, mem(0x40000, 14)), Errno::Ok);
  a.clear();
  EXPECT_EQ(a.quota.used(), 0u);
  EXPECT_FALSE(translate(b.space, 0x20000));
  EXPECT_FALSE(translate(b.space, 0x21000));
}

} // namespace

// SPDX-License-Identifier: MIT
// What a mapping does to the destination: abi/ipc.md section 4, abi/kernel-objects.md sections 2,
// 2a.
#include "mem_map.h"

namespace {

TEST_F(Mem_map, sigma0_identity_uses_the_largest_page_that_fits)
{
  EXPECT_TRUE(sigma0.space.map_identity(Virt_addr(0x12345678)));
  auto t = translate(sigma0.space, 0x12345678);
  ASSERT_TRUE(t);
  EXPECT_EQ(t->frame, 0x12345678u);
  EXPECT_TRUE(t->large);
  EXPECT_EQ(t->rights, Rwx);
  EXPECT_TRUE(sigma0.space.map_identity(Virt_addr(0x12345678))) << "again: nothing to do";
  EXPECT_TRUE(sigma0.space.map_identity(Virt_addr(0xfee00000))) << "device memory";
  EXPECT_FALSE(sigma0.space.map_identity(Virt_addr(User_max + 1)));
  ASSERT_EQ(add_ku_mem(sigma0.space, mem(0x40000000)), Errno::Ok);
  EXPECT_TRUE(sigma0.space.map_identity(Virt_addr(0x40001000)));
  EXPECT_FALSE(translate(sigma0.space, 0x40001000)->large) << "small pages live here";
}

TEST_F(Mem_map, sigma0_passes_on_what_it_never_touched)
{
  give(a.space, 0x400000, 0x1234000);
  EXPECT_EQ(frame(a.space, 0x400000), 0x1234000u);
  give(a.space, 0x40000000, 0x8000000, 24);
  for (Word offset = 0; offset < (1 << 24); offset += Mib2) {
    EXPECT_EQ(frame(a.space, 0x40000000 + offset), 0x8000000 + offset);
    EXPECT_TRUE(translate(a.space, 0x40000000 + offset)->large);
  }
}

TEST_F(Mem_map, ipc_4_placement_window_not_smaller_than_send)
{
  give(a.space, 0x10000, 0x200000, 14);
  EXPECT_TRUE(map_to(a.space, mem(0x10000, 13), b.space, mem(0x40000, 16), 0x7000).mapped);
  EXPECT_EQ(frame(b.space, 0x46000), 0x200000u);
  EXPECT_EQ(frame(b.space, 0x47000), 0x201000u);
  EXPECT_FALSE(translate(b.space, 0x45000));
  EXPECT_FALSE(translate(b.space, 0x48000));
  EXPECT_TRUE(
      map_to(a.space, mem(0x10000, 12), b.space, mem(0, Fpage::Whole_space), 0x7fff0000).mapped);
  EXPECT_EQ(frame(b.space, 0x7fff0000), 0x200000u);
}

TEST_F(Mem_map, ipc_4_placement_window_smaller_than_send)
{
  give(a.space, 0x10000, 0x200000, 14);
  EXPECT_TRUE(map_to(a.space, mem(0x10000, 14), b.space, mem(0x41000, 12), 0x2abc000).mapped);
  EXPECT_EQ(frame(b.space, 0x41000), 0x200000u);
  EXPECT_TRUE(map_to(a.space, mem(0x10000, 14), b.space, mem(0x41000, 12), 0x2abf000).mapped);
  EXPECT_EQ(frame(b.space, 0x41000), 0x203000u);
  EXPECT_FALSE(translate(b.space, 0x40000));
  EXPECT_FALSE(translate(b.space, 0x42000));
}

TEST_F(Mem_map, ipc_4_all_spaces_window_rounds_the_hot_spot_down)
{
  give(a.space, 0x10000, 0x200000, 14);
  EXPECT_TRUE(map(a.space, mem(0x10000, 14), b.space, 0x8003000).mapped);
  for (Word i = 0; i < 4; ++i)
    EXPECT_EQ(frame(b.space, 0x8000000 + i * Kib4), 0x200000 + i * Kib4);
}

TEST_F(Mem_map, ipc_4_unaligned_flexpage_bases_are_rounded_down)
{
  give(a.space, 0x10000, 0x200000, 14);
  EXPECT_TRUE(map_to(a.space, mem(0x13000, 14), b.space, mem(0x27000, 14), 0).mapped);
  EXPECT_EQ(frame(b.space, 0x24000), 0x200000u);
}

TEST_F(Mem_map, ipc_4_holes_are_skipped_and_leave_the_destination)
{
  give(a.space, 0x11000, 0x200000);
  give(a.space, 0x13000, 0x201000);
  give(b.space, 0x20000, 0x300000);
  give(b.space, 0x21000, 0x301000);
  EXPECT_TRUE(map(a.space, mem(0x10000, 14), b.space, 0x20000).mapped);
  EXPECT_EQ(frame(b.space, 0x20000), 0x300000u);
  EXPECT_EQ(frame(b.space, 0x21000), 0x200000u);
  EXPECT_FALSE(translate(b.space, 0x22000));
  EXPECT_EQ(frame(b.space, 0x23000), 0x201000u);
}

TEST_F(Mem_map, objects_2_nothing_mapped_without_error)
{
  EXPECT_FALSE(map(a.space, mem(0x10000), b.space, 0x10000).mapped) << "empty source";
  give(a.space, 0x10000, 0x200000, 12, R);
  EXPECT_FALSE(map(a.space, mem(0x10000, 11), b.space, 0).mapped) << "order < 12";
  EXPECT_FALSE(map(a.space, mem(0x10000, 12, W), b.space, 0).mapped) << "rights after masking";
  EXPECT_FALSE(map(a.space, mem(0x10000, 12, 0), b.space, 0).mapped);
  EXPECT_FALSE(map(a.space, mem(0x10000), b.space, User_max + 1).mapped) << "beyond user space";
  EXPECT_FALSE(map(a.space, mem(0x10000), b.space, User_pages_end).mapped) << "no code there";
  EXPECT_FALSE(map(a.space, mem(Word{1} << 60, 12), b.space, 0).mapped);
  EXPECT_FALSE(map(a.space, mem(0x10000, 12, W), b.space, 0, Map_control | Grant).mapped);
  EXPECT_EQ(frame(a.space, 0x10000), 0x200000u) << "grant without rights keeps the source";
}

TEST_F(Mem_map, ipc_4_rights_are_masked_and_nx_is_set_without_x)
{
  give(a.space, 0x10000, 0x200000, 12, R | W);
  EXPECT_EQ(rights(a.space, 0x10000), R | W);
  map(a.space, mem(0x10000, 12, R | X), b.space, 0x10000);
  EXPECT_EQ(rights(b.space, 0x10000), R);
  give(a.space, 0x11000, 0x201000, 12, R | X);
  EXPECT_EQ(rights(a.space, 0x11000), R | X);
}

TEST_F(Mem_map, objects_2a_same_page_and_child_of_the_source_gains_rights)
{
  give(a.space, 0x10000, 0x200000);
  map(a.space, mem(0x10000, 12, R), b.space, 0x20000);
  map(b.space, mem(0x20000, 12, R), c.space, 0x30000);
  EXPECT_EQ(rights(b.space, 0x20000), R);
  EXPECT_TRUE(map(a.space, mem(0x10000, 12, R | W), b.space, 0x20000).mapped);
  EXPECT_EQ(rights(b.space, 0x20000), R | W);
  EXPECT_TRUE(map(a.space, mem(0x10000, 12, R | X), b.space, 0x20000).mapped);
  EXPECT_EQ(rights(b.space, 0x20000), Rwx) << "rights are added, never removed";
  EXPECT_EQ(rights(c.space, 0x30000), R) << "descendants stay";
}

TEST_F(Mem_map, objects_2a_same_page_of_another_parent_is_replaced)
{
  give(a.space, 0x10000, 0x200000);
  map(a.space, mem(0x10000), b.space, 0x20000);
  map(b.space, mem(0x20000), c.space, 0x30000);
  give(b.space, 0x20000, 0x200000, 12, R);
  EXPECT_EQ(rights(b.space, 0x20000), R) << "new mapping, no rights accumulated";
  EXPECT_FALSE(translate(c.space, 0x30000)) << "what came from the old one is gone";
  unmap_all(a.space, mem(0x10000), true);
  EXPECT_TRUE(translate(b.space, 0x20000)) << "now a child of sigma0's page";
}

TEST_F(Mem_map, objects_2a_other_page_is_removed_with_descendants_first)
{
  give(a.space, 0x10000, 0x200000);
  give(b.space, 0x20000, 0x300000);
  map(b.space, mem(0x20000), c.space, 0x30000);
  EXPECT_TRUE(map(a.space, mem(0x10000), b.space, 0x20000).mapped);
  EXPECT_EQ(frame(b.space, 0x20000), 0x200000u);
  EXPECT_FALSE(translate(c.space, 0x30000));
}

TEST_F(Mem_map, objects_2a_onto_itself_or_an_ancestor_removes_both)
{
  give(a.space, 0x10000, 0x200000);
  EXPECT_FALSE(map(a.space, mem(0x10000), a.space, 0x10000).mapped);
  EXPECT_FALSE(translate(a.space, 0x10000));

  give(a.space, 0x10000, 0x200000);
  map(a.space, mem(0x10000), b.space, 0x10000);
  map(b.space, mem(0x10000), c.space, 0x10000);
  EXPECT_FALSE(map(c.space, mem(0x10000), a.space, 0x10000).mapped);
  for (auto *space : {&a, &b, &c})
    EXPECT_FALSE(translate(space->space, 0x10000));
}

TEST_F(Mem_map, objects_2a_onto_an_ancestor_over_several_steps)
{
  give(a.space, 0x10000, 0x200000);
  map(a.space, mem(0x10000), b.space, 0x10000);
  for (Word i = 1; i <= 500; ++i)
    map(b.space, mem(0x10000), c.space, i * Kib4);
  auto result = map(b.space, mem(0x10000), a.space, 0x10000);
  EXPECT_FALSE(result.mapped);
  EXPECT_GT(result.steps, 10u);
  EXPECT_FALSE(translate(a.space, 0x10000)) << "removed although the source vanished first";
  EXPECT_FALSE(translate(c.space, 500 * Kib4));
}

TEST_F(Mem_map, objects_2a_small_page_removes_a_whole_large_page)
{
  give(a.space, Mib2, 0x400000, 21);
  give(b.space, 0x10000, 0x200000);
  EXPECT_TRUE(map(b.space, mem(0x10000), a.space, Mib2 + 5 * Kib4).mapped);
  EXPECT_EQ(frame(a.space, Mib2 + 5 * Kib4), 0x200000u);
  EXPECT_FALSE(translate(a.space, Mib2));
  EXPECT_FALSE(translate(a.space, Mib2 + 6 * Kib4));
}

TEST_F(Mem_map, objects_2a_large_page_only_where_no_small_ever_was)
{
  give(a.space, Mib2, 0x400000, 21);
  EXPECT_TRUE(translate(a.space, Mib2)->large);
  give(b.space, Mib2 + Kib4, 0x200000);
  unmap_all(b.space, mem(Mib2 + Kib4), true);
  EXPECT_TRUE(map(a.space, mem(Mib2, 21), b.space, Mib2).mapped);
  for (Word i = 0; i < 512; ++i) {
    auto t = translate(b.space, Mib2 + i * Kib4);
    ASSERT_TRUE(t);
    EXPECT_FALSE(t->large);
    EXPECT_EQ(t->frame, 0x400000 + i * Kib4);
  }
}

TEST_F(Mem_map, ipc_4_large_source_is_split_for_the_receiver)
{
  give(a.space, Mib2, 0x400000, 21);
  EXPECT_TRUE(map(a.space, mem(Mib2 + 0x8000, 14), b.space, 0x10000).mapped);
  EXPECT_EQ(frame(b.space, 0x10000), 0x408000u);
  EXPECT_FALSE(translate(b.space, 0x10000)->large);
  EXPECT_TRUE(map(a.space, mem(Mib2, 21), b.space, 4 * Mib2 + Mib2 / 2).mapped);
  EXPECT_TRUE(translate(b.space, 4 * Mib2)->large);
  EXPECT_TRUE(translate(a.space, Mib2)->large) << "the source stays whole";
}

TEST_F(Mem_map, objects_2a_grant_moves_the_page_and_its_descendants)
{
  give(a.space, 0x10000, 0x200000);
  map(a.space, mem(0x10000), c.space, 0x30000);
  Word used = a.quota.used();
  EXPECT_TRUE(map(a.space, mem(0x10000, 12, R | W), b.space, 0x20000, Map_control | Grant).mapped);
  EXPECT_LT(a.quota.used(), used) << "the node is charged to the receiver now";
  EXPECT_FALSE(translate(a.space, 0x10000));
  EXPECT_EQ(rights(b.space, 0x20000), R | W);
  EXPECT_TRUE(translate(c.space, 0x30000));
  unmap_all(b.space, mem(0x20000), false);
  EXPECT_FALSE(translate(c.space, 0x30000)) << "descendant of the new page";
  unmap_all(sigma0.space, mem(0x200000), false);
  EXPECT_FALSE(translate(b.space, 0x20000)) << "still a child of the granter's parent";
}

TEST_F(Mem_map, objects_2a_grant_of_a_large_page_with_pieces)
{
  give(a.space, Mib2, 0x400000, 21);
  map(a.space, mem(Mib2 + Kib4), c.space, 0x30000);
  EXPECT_TRUE(map(a.space, mem(Mib2, 21), b.space, 2 * Mib2, Map_control | Grant).mapped);
  EXPECT_FALSE(translate(a.space, Mib2));
  EXPECT_TRUE(translate(b.space, 2 * Mib2)->large);
  unmap_all(b.space, mem(2 * Mib2 + Kib4), false);
  EXPECT_FALSE(translate(c.space, 0x30000));
  EXPECT_TRUE(translate(b.space, 2 * Mib2));
}

TEST_F(Mem_map, objects_2a_grant_of_a_piece_is_demoted_to_map)
{
  give(a.space, Mib2, 0x400000, 21);
  EXPECT_TRUE(map(a.space, mem(Mib2 + Kib4), b.space, 0x20000, Map_control | Grant).mapped);
  EXPECT_TRUE(translate(a.space, Mib2));
  unmap_all(a.space, mem(Mib2, 21), true);
  EXPECT_FALSE(translate(b.space, 0x20000));
}

TEST_F(Mem_map, objects_2a_grant_onto_a_child_of_the_same_page_replaces_it)
{
  give(a.space, 0x10000, 0x200000);
  map(a.space, mem(0x10000, 12, R), b.space, 0x20000);
  EXPECT_TRUE(map(a.space, mem(0x10000), b.space, 0x20000, Map_control | Grant).mapped);
  EXPECT_FALSE(translate(a.space, 0x10000));
  EXPECT_EQ(rights(b.space, 0x20000), Rwx);
}

TEST_F(Mem_map, ipc_3_cache_attributes)
{
  give(a.space, 0x10000, 0x200000);
  EXPECT_EQ(translate(a.space, 0x10000)->pat, 0u);
  struct {
    Word attributes;
    unsigned pat;
  } const cases[] = {{0x10, 3}, {0x30, 0}, {0x50, 1}, {0, 0}};
  for (auto [attributes, pat] : cases) {
    unmap_all(a.space, mem(0x10000), false);
    map(a.space, mem(0x10000), b.space, 0x20000, Map_control | attributes);
    EXPECT_EQ(translate(b.space, 0x20000)->pat, pat);
    map(b.space, mem(0x20000), c.space, 0x30000);
    EXPECT_EQ(translate(c.space, 0x30000)->pat, pat) << "inherited without bit 0";
  }
  map(sigma0.space, mem(0xfee00000, 21), a.space, 8 * Mib2, Map_control | 0x10);
  EXPECT_EQ(translate(a.space, 8 * Mib2)->pat, 3u);
}

} // namespace

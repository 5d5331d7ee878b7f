// SPDX-License-Identifier: MIT
// Memory spaces: abi/ipc.md section 4, abi/kernel-objects.md sections 2 and 2a, rule by rule.
#include "space/mapping_tree.h"
#include "space_probe.h"

#include <vector>

namespace {

class Mem_map : public ::testing::Test {
protected:
  Mem_map()
  {
    host::reset();
    EXPECT_TRUE(sigma0.space.init(sigma0.quota, Map_space::Identity::Yes));
    for (auto *space : {&a, &b, &c})
      EXPECT_TRUE(space->space.init(space->quota));
  }

  static Mapped map(Mem_space &from, Fpage send, Mem_space &to, Word hot_spot,
                    Word control = Map_control)
  {
    return map_all(from, to,
                   {.send = send,
                    .control = Send_item(hot_spot | control)});
  }
  static Mapped map_to(Mem_space &from, Fpage send, Mem_space &to, Fpage window, Word hot_spot)
  {
    return map_all(from, to,
                   Map_item::into(window, send, Send_item(hot_spot | Map_control)));
  }
  /// RAM from sigma0 as page of `a`.
  void give(Mem_space &to, Word address, Word frame, unsigned order = 12, u8 rights = Rwx)
  {
    ASSERT_TRUE(map(sigma0.space, mem(frame, order, rights), to, address).mapped);
  }
  static Word frame(Mem_space &space, Word address)
  {
    auto t = translate(space, address);
    return t ? t->frame : 0;
  }
  static u8 rights(Mem_space &space, Word address)
  {
    auto t = translate(space, address);
    return t ? t->rights : 0;
  }

  Owned<Mem_space> sigma0, a, b, c;
};

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

TEST_F(Mem_map, objects_2_kernel_user_memory_is_pinned_zeroed_and_not_executable)
{
  ASSERT_EQ(add_ku_mem(a.space, mem(0x13000, 13)), Errno::Ok);
  Fpage area = Mem_space::ku_area(mem(0x13000, 13));
  EXPECT_EQ(area.address(), 0x12000u) << "base rounded down";
  EXPECT_EQ(area.order(), 13u);
  EXPECT_EQ(rights(a.space, 0x12000), R | W);
  u8 *alias = static_cast<u8 *>(a.space.ku_alias(Virt_addr(0x12000), 2 * Kib4));
  ASSERT_TRUE(alias);
  for (Word i = 0; i < 2 * Kib4; ++i)
    ASSERT_EQ(alias[i], 0);
  EXPECT_EQ(Kmem::phys_of(alias).value(), frame(a.space, 0x12000));
  EXPECT_EQ(a.space.ku_alias(Virt_addr(0x13ff8), 8), alias + 0x1ff8);
  EXPECT_FALSE(a.space.ku_alias(Virt_addr(0x13ff8), 9));
  EXPECT_FALSE(a.space.ku_alias(Virt_addr(0x11fff), 2));
  EXPECT_FALSE(a.space.ku_alias(Virt_addr(0x12000), ~Word{0}));

  EXPECT_FALSE(map(a.space, mem(0x12000, 13), b.space, 0x20000).mapped) << "not mappable onwards";
  give(b.space, 0x20000, 0x200000);
  EXPECT_EQ(map(b.space, mem(0x20000), a.space, 0x12000).step, Step::Done);
  EXPECT_EQ(Kmem::phys_of(alias).value(), frame(a.space, 0x12000)) << "overmap is skipped silently";
  unmap_all(a.space, mem(0, Fpage::Whole_space), true);
  unmap_all(a.space, mem(0x12000, 12, W), true);
  EXPECT_EQ(rights(a.space, 0x12000), R | W) << "unmap is skipped silently";
}

TEST_F(Mem_map, objects_2_add_ku_mem_errors)
{
  EXPECT_EQ(add_ku_mem(a.space, Fpage(Fpage::Type::Io, 0, 12, 0)), Errno::Inval);
  EXPECT_EQ(add_ku_mem(a.space, mem(0, 11)), Errno::Inval);
  EXPECT_EQ(add_ku_mem(a.space, mem(0, 18)), Errno::Inval);
  EXPECT_EQ(add_ku_mem(a.space, mem(User_max + 1, 12)), Errno::Inval);
  EXPECT_EQ(add_ku_mem(a.space, mem(User_max + 1 - Kib4, 12)), Errno::Ok);
  give(a.space, 0x21000, 0x200000);
  Word used = a.quota.used();
  EXPECT_EQ(add_ku_mem(a.space, mem(0x20000, 13)), Errno::Exist);
  EXPECT_FALSE(translate(a.space, 0x20000)) << "nothing of the area is added";
  EXPECT_EQ(a.quota.used(), used);
  give(a.space, Mib2, 0x400000, 21);
  EXPECT_EQ(add_ku_mem(a.space, mem(Mib2 + Kib4)), Errno::Exist);
  EXPECT_EQ(add_ku_mem(a.space, mem(0x40000, 17)), Errno::Ok);
  EXPECT_EQ(add_ku_mem(a.space, mem(0x5f000, 12)), Errno::Exist);
}

TEST_F(Mem_map, objects_2_add_ku_mem_goes_on_where_another_thread_was_killed)
{
  Fpage const area = mem(0x60000, 17);
  Result<Step> begun = a.space.add_ku_mem(area);
  ASSERT_TRUE(begun && *begun == Step::More) << "32 pages are too much for one step";
  EXPECT_FALSE(a.space.ku_alias(Virt_addr(0x60000), 8)) << "not to be found before it is complete";
  EXPECT_EQ(add_ku_mem(a.space, mem(0x60000, 16)), Errno::Exist);
  EXPECT_EQ(unmap_all(a.space, mem(0, Fpage::Whole_space), true).access_flags, 0);
  give(b.space, 0x20000, 0x200000);
  EXPECT_FALSE(map(b.space, mem(0x20000), a.space, 0x7f000).mapped) << "the last page is reserved";
  EXPECT_EQ(add_ku_mem(a.space, area), Errno::Ok);
  EXPECT_TRUE(a.space.ku_alias(Virt_addr(0x60000), 0x20000));
  EXPECT_EQ(add_ku_mem(a.space, area), Errno::Exist);
  ASSERT_TRUE(b.space.add_ku_mem(area)) << "never finished: destruction takes it back";
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

TEST_F(Mem_map, tlb_removed_translations_are_flushed_on_the_cpus_that_may_hold_them)
{
  give(a.space, 0x10000, 0x200000, 14);
  map(a.space, mem(0x10000, 14), b.space, 0x20000);
  arch::load_space(&b.space);
  b.space.activate_on(0);
  b.space.activate_on(5);
  a.space.activate_on(7);
  host::machine.flushes.clear();
  Unmap_item unused{.pages = mem(0x11000), .own = false}, item{.pages = mem(0x10000), .own = false};
  Tlb_batch tlb;
  EXPECT_EQ(a.space.unmap(unused, tlb), Step::Done);
  EXPECT_EQ(tlb.remote_cpus(), 0u) << "never accessed: no CPU can hold it";
  touch(b.space, 0x20000, false);
  EXPECT_EQ(a.space.unmap(item, tlb), Step::Done);
  EXPECT_EQ(tlb.remote_cpus(), Word{1} << 5);
  tlb.flush_local();
  ASSERT_EQ(host::machine.flushes.size(), 1u);
  EXPECT_EQ(host::machine.flushes[0].page, 0x20000u);
  // of a space that is not loaded, a CPU with PCID may have kept it
  arch::load_space(&a.space);
  touch(b.space, 0x22000, false);
  host::machine.flushed_spaces.clear();
  EXPECT_EQ(unmap_all(a.space, mem(0x12000), false).steps, 1u);
  EXPECT_EQ(host::machine.flushed_spaces, std::vector<Mem_space const *>{&b.space});
  arch::load_space(&b.space);

  host::machine.flushes.clear();
  for (Word i = 0; i < 9; ++i) // one more than a batch notes
    map(a.space, mem(0x11000), b.space, 0x50000 + i * Kib4), touch(b.space, 0x50000 + i * Kib4, true);
  host::machine.flushes.clear();
  EXPECT_EQ(unmap_all(a.space, mem(0x11000), false).steps, 1u);
  ASSERT_EQ(host::machine.flushes.size(), 1u);
  EXPECT_FALSE(host::machine.flushes[0].page) << "many pages: everything at once";
}

// Another CPU may have put another page into the entry after this one saw what to lock.
TEST_F(Mem_map, a_run_is_removed_only_under_the_lock_of_its_trees)
{
  give(a.space, 0x10000, 0x200000);
  Phys_addr seen(0x400000), now(0x200000);
  Word *entry = translate(a.space, 0x10000)->entry;
  {
    Mapping_tree tree(seen);
    EXPECT_EQ(tree.remove_leaves(entry, seen, 1).pages, 0u);
  }
  EXPECT_EQ(frame(a.space, 0x10000), now.value());
}

TEST_F(Mem_map, step_sparse_and_empty_ranges_are_skipped_in_few_steps)
{
  give(a.space, 0x10000, 0x200000);
  give(a.space, User_max + 1 - Kib4, 0x201000);
  EXPECT_TRUE(map(a.space, mem(0, Fpage::Whole_space), b.space, 0).mapped);
  EXPECT_EQ(frame(b.space, User_max + 1 - Kib4), 0x201000u);
  EXPECT_LE(unmap_all(a.space, mem(0, Fpage::Whole_space), true).steps, 10u);
  EXPECT_FALSE(translate(b.space, 0x10000));
}

TEST_F(Mem_map, step_wide_and_deep_tree_of_100000_nodes)
{
  give(a.space, 0, 0x400000, 21);
  // 100 chains, 200 deep, in two spaces; below the end of each, 800 children
  constexpr Word Chains = 100, Depth = 120, Children = 880;
  constexpr Word Area = Word{1} << 32;
  for (Word chain = 0; chain < Chains; ++chain) {
    Word base = chain * Mib2;
    map(a.space, mem(chain * Kib4), b.space, base);
    for (Word i = 1; i < Depth; ++i)
      ASSERT_TRUE(map(b.space, mem(base + (i - 1) * Kib4), b.space, base + i * Kib4).mapped);
    for (Word i = 0; i < Children; ++i)
      ASSERT_TRUE(
          map(b.space, mem(base + (Depth - 1) * Kib4), c.space, Area + chain * 2 * Mib2 + i * Kib4)
              .mapped);
  }
  constexpr Word Nodes = Chains * (Depth + Children);
  auto withdrawn = unmap_all(a.space, mem(0, 21, W), false);
  EXPECT_GE(withdrawn.steps, Nodes * Budget::Pass / Budget::Instructions);
  EXPECT_LE(withdrawn.steps, 2 * Nodes * Budget::Visit / Budget::Instructions);
  for (Word chain = 0; chain < Chains; ++chain) {
    EXPECT_EQ(rights(b.space, chain * Mib2 + (Depth - 1) * Kib4), R | X);
    EXPECT_EQ(rights(c.space, Area + chain * 2 * Mib2 + (Children - 1) * Kib4), R | X);
  }
  auto removed = unmap_all(a.space, mem(0, 21), false);
  EXPECT_GE(removed.steps, Nodes * Budget::Pass / Budget::Instructions);
  EXPECT_FALSE(translate(b.space, 0));
  EXPECT_FALSE(translate(c.space, Area));
}

TEST_F(Mem_map, a_chain_of_100000_mappings_goes_in_bounded_steps_and_linear_time)
{
  give(a.space, 0, 0x1000);
  constexpr Word Depth = 100000;
  for (Word i = 0; i < Depth; ++i)
    ASSERT_TRUE(map(i ? b.space : a.space, mem(i ? (i - 1) * Kib4 : 0), b.space, i * Kib4).mapped);
  EXPECT_EQ(rights(b.space, (Depth - 1) * Kib4), Rwx);
  auto withdrawn = unmap_all(a.space, mem(0, 12, W), false);
  EXPECT_EQ(rights(b.space, (Depth - 1) * Kib4), R | X);
  EXPECT_LE(withdrawn.steps, 2 * Depth * Budget::Visit / Budget::Instructions);
  // down to the leaf once, and up again
  auto removed = unmap_all(a.space, mem(0), false);
  EXPECT_FALSE(translate(b.space, 0));
  EXPECT_FALSE(translate(b.space, (Depth - 1) * Kib4));
  EXPECT_LE(removed.steps, 2 * Depth * Budget::Remove / Budget::Instructions);
}

TEST_F(Mem_map, removals_in_more_deep_chains_than_places_all_come_to_an_end)
{
  constexpr Word Chains = 9, Depth = 1500;
  give(a.space, 0, 0x10000, 16);
  for (Word c = 0; c < Chains; ++c)
    for (Word i = 0; i < Depth; ++i) {
      Word to = c * Depth + i;
      ASSERT_TRUE(
          map(i ? b.space : a.space, mem((i ? to - 1 : c) * Kib4), b.space, to * Kib4).mapped);
    }
  // one that is never continued, and eight that take turns
  Unmap_item items[Chains];
  for (Word c = 0; c < Chains; ++c)
    items[c] = {.pages = mem(c * Kib4)};
  Tlb_batch tlb;
  for (unsigned i = 0; i < 4; ++i)
    a.space.unmap(items[0], tlb);
  unsigned left = Chains - 1, rounds = 0;
  bool done[Chains] = {true};
  for (; left && rounds < 10000; ++rounds)
    for (Word c = 1; c < Chains; ++c)
      if (!done[c] && a.space.unmap(items[c], tlb) == Step::Done) done[c] = true, --left;
  EXPECT_EQ(left, 0u) << "after " << rounds << " rounds";
  EXPECT_FALSE(translate(b.space, Depth * Kib4));
}

TEST_F(Mem_map, quota_every_allocation_may_fail_and_leaks_nothing)
{
  give(a.space, 0, 0x400000, 22);
  auto attempt = [&](Word limit) {
    Owned<Mem_space> poor(limit);
    if (!poor.space.init(poor.quota)) return false;
    Mapped small = map(a.space, mem(0, 14), poor.space, 0x7f0000000000);
    Mapped large = map(a.space, mem(0, 21), poor.space, Mib2 * 7);
    Mapped onward = map(poor.space, mem(Mib2 * 7, 13), poor.space, 0x40000000);
    bool ku = add_ku_mem(poor.space, mem(0x6000, 13)) == Errno::Ok;
    return small.step == Step::Done && large.step == Step::Done && onward.step == Step::Done && ku;
  };
  unsigned failures = 0;
  for (Word limit = 1; !attempt(limit); limit += 32)
    ++failures;
  EXPECT_GT(failures, 100u);
}

TEST_F(Mem_map, kmem_every_allocation_may_fail_and_leaks_nothing)
{
  give(a.space, 0, 0x400000, 22);
  std::vector<void *> taken;
  while (void *page = Kmem::alloc(0))
    taken.push_back(page);
  bool done = false;
  for (Word free_pages = 0; !done && free_pages < 64; ++free_pages) {
    Word used = Kmem::used_bytes();
    {
      Owned<Mem_space> poor;
      if (poor.space.init(poor.quota)) {
        done = map(a.space, mem(0, 14), poor.space, 0x7f0000000000).step == Step::Done &&
               map(a.space, mem(0, 21), poor.space, Mib2 * 7).step == Step::Done &&
               map(poor.space, mem(Mib2 * 7, 13), poor.space, 0x40000000).step == Step::Done &&
               add_ku_mem(poor.space, mem(0x6000, 13)) == Errno::Ok;
      }
    }
    EXPECT_LE(Kmem::used_bytes(), used + 4 * Page_size) << "spare slab blocks at most";
    Kmem::free(taken.back(), 0);
    taken.pop_back();
  }
  EXPECT_TRUE(done);
  for (void *page : taken)
    Kmem::free(page, 0);
}

} // namespace

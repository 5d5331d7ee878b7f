// SPDX-License-Identifier: MIT
// Unmapping in bounded steps, locks and flushes of translations.
#include "mem_map.h"
#include "space/mapping_tree.h"

#include <vector>

namespace {

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
    map(a.space, mem(0x11000), b.space, 0x50000 + i * Kib4),
        touch(b.space, 0x50000 + i * Kib4, true);
  host::machine.flushes.clear();
  EXPECT_EQ(unmap_all(a.space, mem(0x11000), false).steps, 1u);
  ASSERT_EQ(host::machine.flushes.size(), 1u);
  EXPECT_FALSE(host::machine.flushes[0].page) << "many pages: everything at once";
}

TEST_F(Mem_map, tlb_added_rights_flush_the_weaker_translation_on_every_cpu)
{
  give(a.space, 0x10000, 0x200000);
  map(a.space, mem(0x10000, 12, R), b.space, 0x20000);
  arch::load_space(&b.space);
  b.space.activate_on(0);
  b.space.activate_on(5);
  touch(b.space, 0x20000, false);
  host::machine.flushes.clear();
  Map_item more{.send = mem(0x10000, 12, R | W),
                .control = Send_item(0x20000 | Map_control)};
  Tlb_batch tlb;
  EXPECT_EQ(Mem_space::map(a.space, b.space, more, tlb), Step::Done);
  EXPECT_EQ(rights(b.space, 0x20000), R | W);
  EXPECT_EQ(tlb.remote_cpus(), Word{1} << 5);
  tlb.flush_local();
  ASSERT_EQ(host::machine.flushes.size(), 1u);
  EXPECT_EQ(host::machine.flushes[0].page, 0x20000u);
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
  give(a.space, User_pages_end - Kib4, 0x201000);
  EXPECT_TRUE(map(a.space, mem(0, Fpage::Whole_space), b.space, 0).mapped);
  EXPECT_EQ(frame(b.space, User_pages_end - Kib4), 0x201000u);
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

} // namespace

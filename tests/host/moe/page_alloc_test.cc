// SPDX-License-Identifier: MIT
#include "arena.h"
#include "page_alloc.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <random>

namespace {

using Moe::Page_alloc;

constexpr unsigned Arena_order = 26; // 64 MiB

class Pages : public testing::Test {
protected:
  void SetUp() override
  {
    table.reset(calloc(1, Page_alloc::table_size(arena.start(), arena.end())));
    pages->init(table.get(), arena.start(), arena.end());
  }

  void give_all() { pages->add_range(arena.start(), arena.size()); }

  Arena arena{Arena_order};
  std::unique_ptr<void, decltype(&free)> table{nullptr, &free};
  std::unique_ptr<Page_alloc> pages = std::make_unique<Page_alloc>();
};

TEST_F(Pages, WholeMemoryIsOneBlock)
{
  give_all();
  EXPECT_EQ(pages->largest_free(), arena.size());
  EXPECT_EQ(pages->alloc(Arena_order), arena.start());
  EXPECT_EQ(pages->free_bytes(), 0u);
  EXPECT_EQ(pages->alloc(12), 0u);
  pages->free(arena.start(), Arena_order);
  EXPECT_EQ(pages->free_bytes(), arena.size());
}

TEST_F(Pages, ManyFragments)
{
  // Nothing but holes: every other page of 8 MiB; the states of the chunks come from these pages.
  l4_size_t given = 0;
  for (l4_addr_t a = arena.start(); a < arena.start() + (8UL << 20); a += 2 * Page_alloc::Page_size)
    given += pages->add(a, 12) ? 1 : 0;
  EXPECT_EQ(given, 1024u);
  l4_size_t got = 0;
  while (pages->alloc(12))
    ++got;
  EXPECT_GE(got, 1020u);
  EXPECT_EQ(pages->alloc(13), 0u);
}

TEST_F(Pages, RandomBlocksNeverOverlapAndMergeAgain)
{
  give_all();
  std::mt19937 random(3);
  std::map<l4_addr_t, unsigned> blocks;
  for (int i = 0; i < 30000; ++i) {
    if (blocks.empty() || random() % 2) {
      unsigned const order = 12 + (random() % 16 ? random() % 3 : random() % 11);
      l4_addr_t const b = pages->alloc(order);
      if (!b) continue;
      ASSERT_EQ(b & ((1UL << order) - 1), 0u);
      ASSERT_TRUE(b >= arena.start() && b + (1UL << order) <= arena.end());
      auto const [it, fresh] = blocks.emplace(b, order);
      ASSERT_TRUE(fresh);
      if (it != blocks.begin()) {
        auto const before = std::prev(it);
        ASSERT_LE(before->first + (1UL << before->second), b);
      }
      if (auto const next = std::next(it); next != blocks.end()) {
        ASSERT_LE(b + (1UL << order), next->first);
      }
      memset(reinterpret_cast<void *>(b), 0xff, 64);
    } else {
      auto it = blocks.lower_bound(arena.start() + (random() % arena.size()));
      if (it == blocks.end()) it = blocks.begin();
      pages->free(it->first, it->second);
      blocks.erase(it);
    }
  }
  for (auto const &[b, order] : blocks)
    pages->free(b, order);
  // Only pages for the states of chunks stay away.
  EXPECT_GE(pages->free_bytes(), pages->total_bytes() - 64 * 1024);
  EXPECT_GE(pages->largest_free(), arena.size() / 2);
}

TEST_F(Pages, RangesOfAnySize)
{
  give_all();
  std::mt19937 random(5);
  std::map<l4_addr_t, l4_size_t> ranges;
  for (int i = 0; i < 5000; ++i) {
    if (random() % 2) {
      l4_size_t const size = (1 + random() % (random() % 4 ? 20 : 3000)) * Page_alloc::Page_size;
      unsigned const align = 12 + random() % 12;
      l4_addr_t const a = pages->alloc_range(size, align);
      if (!a) continue;
      ASSERT_EQ(a & ((1UL << align) - 1), 0u);
      ASSERT_TRUE(a >= arena.start() && a + size <= arena.end());
      auto const [it, fresh] = ranges.emplace(a, size);
      ASSERT_TRUE(fresh);
      if (it != ranges.begin()) {
        ASSERT_LE(std::prev(it)->first + std::prev(it)->second, a);
      }
      if (auto const next = std::next(it); next != ranges.end()) {
        ASSERT_LE(a + size, next->first);
      }
    } else if (!ranges.empty()) {
      auto it = ranges.begin();
      std::advance(it, random() % ranges.size());
      pages->free_range(it->first, it->second);
      ranges.erase(it);
    }
  }
  for (auto const &[a, size] : ranges)
    pages->free_range(a, size);
  EXPECT_GE(pages->free_bytes(), pages->total_bytes() - 64 * 1024);
}

TEST_F(Pages, RangeAcrossBlocks)
{
  give_all();
  // Block the first 2 MiB: no power of two of 48 MiB is free any more, but a run of 60 MiB is.
  ASSERT_EQ(pages->alloc(21), arena.start());
  l4_size_t const size = (60UL << 20) + 5 * Page_alloc::Page_size;
  l4_addr_t const run = pages->alloc_range(size, 12);
  ASSERT_NE(run, 0u);
  memset(reinterpret_cast<void *>(run), 1, size);
  EXPECT_EQ(pages->alloc_range(4UL << 20, 12), 0u);
  pages->free_range(run, size);
  EXPECT_GE(pages->largest_free(), 16UL << 20);
  EXPECT_GE(pages->free_bytes(), pages->total_bytes() - (2UL << 20) - 8192);
}

TEST_F(Pages, SharedPagesCountOwners)
{
  give_all();
  l4_addr_t const page = pages->alloc(12);
  EXPECT_FALSE(pages->shared(page));
  pages->share(page);
  pages->share(page);
  EXPECT_TRUE(pages->shared(page));
  EXPECT_FALSE(pages->unshare(page));
  EXPECT_FALSE(pages->unshare(page));
  EXPECT_FALSE(pages->shared(page));
  EXPECT_TRUE(pages->unshare(page));
  pages->free(page, 12);
}

} // namespace

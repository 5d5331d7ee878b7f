// SPDX-License-Identifier: MIT
// Kernel memory: buddy allocator, slabs, quotas (docs/architecture.md, memory).
#include "arch/arch.h"
#include "arch/host/host.h"
#include "mem/kmem.h"
#include "mem/quota.h"
#include "mem/slab.h"

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string.h>
#include <thread>
#include <vector>

namespace {

class Mem : public ::testing::Test {
protected:
  void SetUp() override { host::reset(); }
};

TEST_F(Mem, kmem_blocks_are_aligned_and_do_not_overlap)
{
  std::mt19937 random(1);
  std::map<char *, unsigned> live;
  Word before = Kmem::used_bytes(), bytes = 0;
  for (unsigned round = 0; round < 20000; ++round) {
    if (live.size() < 300 && random() % 2) {
      unsigned order = random() % 6;
      char *block = static_cast<char *>(Kmem::alloc(order));
      ASSERT_TRUE(block);
      EXPECT_EQ(Kmem::phys_of(block).value() & ((Page_size << order) - 1), 0u);
      auto next = live.lower_bound(block);
      if (next != live.end()) {
        ASSERT_LE(block + (Page_size << order), next->first);
      }
      if (next != live.begin()) {
        --next;
        ASSERT_LE(next->first + (Page_size << next->second), block);
      }
      live[block] = order;
      bytes += Page_size << order;
    } else if (!live.empty()) {
      auto victim = std::next(live.begin(), random() % live.size());
      bytes -= Page_size << victim->second;
      Kmem::free(victim->first, victim->second);
      live.erase(victim);
    }
    ASSERT_EQ(Kmem::used_bytes() - before, bytes);
  }
  for (auto [block, order] : live)
    Kmem::free(block, order);
  EXPECT_EQ(Kmem::used_bytes(), before);
}

TEST_F(Mem, kmem_hands_out_everything_and_merges_again)
{
  std::vector<void *> pages;
  Word before = Kmem::used_bytes();
  while (void *block = Kmem::alloc(Kmem::Max_order))
    pages.push_back(block);
  Word large = pages.size();
  EXPECT_GE(large, (host::Heap_bytes >> 22) - 2);
  while (void *page = Kmem::alloc(4))
    Kmem::free(page, 4), pages.push_back(Kmem::alloc(4));
  EXPECT_EQ(Kmem::alloc(4), nullptr);
  for (unsigned i = 0; i < pages.size(); ++i)
    Kmem::free(pages[i], i < large ? Kmem::Max_order : 4);
  EXPECT_EQ(Kmem::used_bytes(), before);
  std::vector<void *> again;
  while (void *block = Kmem::alloc(Kmem::Max_order))
    again.push_back(block);
  EXPECT_EQ(again.size(), large);
  for (void *block : again)
    Kmem::free(block, Kmem::Max_order);
}

TEST_F(Mem, kmem_zeroed_page_is_zero)
{
  void *dirty = Kmem::alloc(0);
  memset(dirty, 0xa5, Page_size);
  Kmem::free(dirty, 0);
  Word *page = static_cast<Word *>(Kmem::alloc_clear(0));
  for (unsigned i = 0; i < 512; ++i)
    ASSERT_EQ(page[i], 0u);
  Kmem::free(page, 0);
}

struct Shape {
  unsigned size, align;
};
class Slab_shape : public ::testing::TestWithParam<Shape> {};

TEST_P(Slab_shape, objects_are_aligned_disjoint_and_returned)
{
  host::reset();
  auto [size, align] = GetParam();
  static std::map<unsigned, std::unique_ptr<Slab>> slabs; // a slab keeps a block: never destroyed
  auto &slab = slabs[size] = std::make_unique<Slab>(size, align);
  Word before = Kmem::used_bytes();
  Quota quota(Quota::Unlimited);
  std::mt19937 random(7);
  std::vector<char *> live;
  for (unsigned round = 0; round < 5000; ++round) {
    if (live.empty() || random() % 5 < 3) {
      char *object = static_cast<char *>(slab->alloc(quota));
      ASSERT_TRUE(object);
      EXPECT_EQ(reinterpret_cast<Word>(object) % align, 0u);
      memset(object, int(live.size() & 0x7f), size);
      live.push_back(object);
    } else {
      unsigned i = random() % live.size();
      if (i + 1 != live.size()) {
        std::swap(live[i], live.back());
        memset(live[i], int(i & 0x7f), size);
      }
      slab->free(live.back(), quota);
      live.pop_back();
    }
    ASSERT_EQ(slab->used_objects(), live.size());
    ASSERT_EQ(quota.used(), live.size() * slab->object_size());
  }
  for (unsigned i = 0; i < live.size(); ++i)
    for (unsigned b = 0; b < size; ++b)
      ASSERT_EQ(live[i][b], char(i & 0x7f));
  for (char *object : live)
    slab->free(object, quota);
  EXPECT_EQ(quota.used(), 0u);
  EXPECT_LE(Kmem::used_bytes() - before, Word{8} * Page_size) << "one spare block at most";
}
INSTANTIATE_TEST_SUITE_P(sizes, Slab_shape,
                         ::testing::Values(Shape{8, 8}, Shape{32, 32}, Shape{104, 8},
                                           Shape{576, 64}, Shape{1024, 512}, Shape{2112, 64},
                                           Shape{4096, 64}, Shape{8000, 64}));

struct Watched_quota : Quota {
  using Quota::Quota;
  void idle() override { ++idled; }
  int idled = 0;
};

TEST_F(Mem, quota_limit_is_exact)
{
  Quota quota(100);
  EXPECT_TRUE(quota.charge(60));
  EXPECT_FALSE(quota.charge(41));
  EXPECT_EQ(quota.used(), 60u);
  EXPECT_TRUE(quota.charge(40));
  EXPECT_FALSE(quota.charge(1));
  EXPECT_FALSE(quota.charge(~Word{0}));
  quota.refund(100);
  EXPECT_EQ(quota.used(), 0u);
}

TEST_F(Mem, quota_zero_limit_is_unlimited)
{
  Quota quota(Quota::Unlimited);
  EXPECT_TRUE(quota.charge(Word{1} << 60));
  quota.refund(Word{1} << 60);
}

TEST_F(Mem, quota_idle_runs_once_when_orphan_returns_last_byte)
{
  Watched_quota quota(1000);
  ASSERT_TRUE(quota.charge(10));
  quota.refund(10);
  EXPECT_EQ(quota.idled, 0) << "the owner still lives";
  ASSERT_TRUE(quota.charge(10));
  quota.orphan();
  EXPECT_EQ(quota.idled, 0);
  ASSERT_TRUE(quota.charge(5)) << "objects of a dead factory may still grow";
  quota.refund(5);
  quota.refund(10);
  EXPECT_EQ(quota.idled, 1);

  Watched_quota empty(0);
  empty.orphan();
  EXPECT_EQ(empty.idled, 1);
}

TEST_F(Mem, quota_guard_refunds_unless_kept)
{
  Quota quota(100);
  {
    Quota_guard guard(quota, 50);
    EXPECT_TRUE(guard);
    Quota_guard too_much(quota, 51);
    EXPECT_FALSE(too_much);
  }
  EXPECT_EQ(quota.used(), 0u);
  Quota_guard guard(quota, 50);
  guard.keep();
  EXPECT_EQ(quota.used(), 50u);
}

TEST_F(Mem, quota_and_kmem_are_exact_under_concurrency)
{
  Watched_quota quota(1 << 20);
  static Slab slab(64, 64);
  Word used = Kmem::used_bytes();
  auto work = [&](unsigned seed) {
    std::mt19937 random(seed);
    std::vector<void *> mine;
    for (unsigned i = 0; i < 20000; ++i)
      if (mine.size() < 50 && random() % 2) {
        if (void *object = slab.alloc(quota)) mine.push_back(object);
      } else if (!mine.empty()) {
        slab.free(mine.back(), quota);
        mine.pop_back();
      }
    for (void *object : mine)
      slab.free(object, quota);
  };
  std::thread a(work, 1), b(work, 2);
  a.join(), b.join();
  EXPECT_EQ(quota.used(), 0u);
  EXPECT_EQ(slab.used_objects(), 0u);
  EXPECT_LE(Kmem::used_bytes() - used, Page_size);
  quota.orphan();
  EXPECT_EQ(quota.idled, 1);
}

} // namespace

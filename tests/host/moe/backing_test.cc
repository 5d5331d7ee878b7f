// SPDX-License-Identifier: MIT
#include "arena.h"
#include "backing.h"
#include "fake_unmap.h"
#include "memory.h"

#include <gtest/gtest.h>
#include <l4/sys/err.h>

#include <cstring>
#include <random>

std::vector<l4_fpage_t> withdrawn;

void Moe::unmap_from_others(l4_fpage_t const *pages, unsigned count)
{
  withdrawn.insert(withdrawn.end(), pages, pages + count);
}

namespace {

using namespace Moe;

constexpr l4_size_t Page = L4_PAGESIZE;

/// 64 MiB of RAM for all tests of this file; each test must give back what it took.
class Dataspaces : public testing::Test {
protected:
  static void SetUpTestSuite()
  {
    static Arena arena(26);
    static void *table = calloc(1, Page_alloc::table_size(arena.start(), arena.end()));
    ram.init(table, arena.start(), arena.end());
    ram.add_range(arena.start(), arena.size());
    // The states of the first chunks stay allocated.
    ram.free(ram.alloc(12), 12);
  }

  void SetUp() override
  {
    withdrawn.clear();
    account = root.create(16UL << 20);
    free_before = ram.free_bytes();
  }

  void TearDown() override
  {
    if (Account *const refusing = Account::take_refusing()) refusing->unref();
    EXPECT_EQ(account->used(), 0u);
    account->unref();
    EXPECT_EQ(root.used(), 0u);
    EXPECT_GE(ram.free_bytes() + 64 * 1024, free_before) << "pages were lost";
  }

  Ref<Paged_backing> paged(l4_size_t size)
  {
    return Ref<Paged_backing>::adopt(make<Paged_backing>(*account, size, L4_FPAGE_RWX, 12U));
  }

  static char *map(Backing &b, l4_addr_t offset, bool write, unsigned char *rights = nullptr)
  {
    Mapping m;
    if (b.map(offset, write, &m) < 0) return nullptr;
    if (rights) *rights = m.rights;
    EXPECT_EQ(m.page & (Page - 1), 0u);
    return reinterpret_cast<char *>(m.page) + (offset & (Page - 1));
  }

  Account root;
  Account *account = nullptr;
  l4_size_t free_before = 0;
};

TEST_F(Dataspaces, PagesAppearZeroedOnTouch)
{
  auto ds = paged(1UL << 40);
  l4_size_t const used = account->used();
  unsigned char rights = 0;
  char *p = map(*ds, (1UL << 39) + 5 * Page + 7, false, &rights);
  ASSERT_NE(p, nullptr);
  EXPECT_EQ(rights, L4_FPAGE_RWX);
  EXPECT_EQ(*p, 0);
  *p = 42;
  EXPECT_EQ(*map(*ds, (1UL << 39) + 5 * Page + 7, true), 42);
  EXPECT_GE(account->used(), used + Page);
  EXPECT_LE(account->used(), used + Page + 8 * 1024);
}

TEST_F(Dataspaces, QuotaIsTheLimit)
{
  auto ds = paged(1UL << 30);
  unsigned pages = 0;
  while (map(*ds, pages * Page, true))
    ++pages;
  EXPECT_GT(pages, 3900u);
  EXPECT_LE(pages, 4096u);
  EXPECT_EQ(ds->allocate(0, 1UL << 30), -L4_ENOMEM);
  ds->discard(0, 1UL << 30);
  EXPECT_NE(map(*ds, 0, true), nullptr);
}

TEST_F(Dataspaces, RefusalsAreNotedAFewTimes)
{
  Account *const small = root.create(4 * Page);
  EXPECT_EQ(Account::take_refusing(), nullptr);
  int reports = 0;
  for (l4_size_t i = 0; i < 10; ++i) {
    EXPECT_FALSE(small->take((5 + i) * Page));
    Account *const refusing = Account::take_refusing();
    if (!refusing) continue;
    ++reports;
    EXPECT_EQ(refusing, small);
    EXPECT_EQ(refusing->refused(), (5 + i) * Page);
    refusing->unref();
  }
  EXPECT_EQ(reports, 3);
  small->unref();
}

TEST_F(Dataspaces, SlotsAreLimitedForAllAccountsBelowALimitedOne)
{
  Account *const outer = root.create(8UL << 20);
  Account *const inner = outer->create(4UL << 20);
  for (unsigned i = 0; i < Account::Max_slots; ++i)
    ASSERT_TRUE((i % 2 ? outer : inner)->take_slot(16));
  EXPECT_FALSE(inner->take_slot(16));
  EXPECT_FALSE(outer->take_slot(16));
  EXPECT_TRUE(account->take_slot(16)) << "others are not concerned";
  account->give_slot(16);
  EXPECT_TRUE(root.take_slot(16)) << "moe itself neither";
  root.give_slot(16);
  inner->give_slot(16);
  EXPECT_TRUE(outer->take_slot(16));
  for (unsigned i = 0; i < Account::Max_slots; ++i)
    (i % 2 || !i ? outer : inner)->give_slot(16);
  inner->unref();
  outer->unref();
}

TEST_F(Dataspaces, PresentIsWhatTheAccountPays)
{
  auto a = paged(8 * Page), b = paged(8 * Page);
  EXPECT_EQ(a->present(), 0u);
  map(*a, 0, true);
  map(*a, 3 * Page, false);
  EXPECT_EQ(a->present(), 2 * Page);
  ASSERT_EQ(b->copy_in(0, *a, 0, 8 * Page), 0);
  EXPECT_EQ(b->present(), 2 * Page) << "shared pages count for every holder";
  a->discard(0, 4 * Page);
  EXPECT_EQ(a->present(), 0u);
  EXPECT_TRUE(a->first_visit(7));
  EXPECT_FALSE(a->first_visit(7));
  EXPECT_TRUE(a->first_visit(8));
}

TEST_F(Dataspaces, CopyOnWriteKeepsTheSourceIntact)
{
  auto a = paged(8 * Page), b = paged(8 * Page);
  for (unsigned i = 0; i < 8; i += 2)
    *map(*a, i * Page, true) = static_cast<char>(i + 1);
  l4_size_t const free_bytes = ram.free_bytes();
  ASSERT_EQ(b->copy_in(0, *a, 0, 8 * Page), 0);
  EXPECT_EQ(ram.free_bytes(), free_bytes) << "sharing takes no pages";
  // The writable mappings of the source's clients were reduced.
  ASSERT_EQ(withdrawn.size(), 4u);
  EXPECT_EQ(l4_fpage_rights(withdrawn[0]), L4_FPAGE_W);

  unsigned char rights = 0;
  EXPECT_EQ(*map(*b, 2 * Page, false, &rights), 3);
  EXPECT_EQ(rights, L4_FPAGE_RX);
  withdrawn.clear();
  *map(*b, 2 * Page, true) = 99;
  ASSERT_EQ(withdrawn.size(), 1u) << "the old page was mapped through b";
  EXPECT_EQ(*map(*a, 2 * Page, false, &rights), 3);
  EXPECT_EQ(rights, L4_FPAGE_RWX) << "the only holder may write again";
  EXPECT_EQ(*map(*b, 2 * Page, false, &rights), 99);
  EXPECT_EQ(rights, L4_FPAGE_RWX);
  EXPECT_EQ(*map(*b, Page, false), 0);

  *map(*a, 4 * Page, true) = 77;
  EXPECT_EQ(*map(*b, 4 * Page, false), 5);
  a = Ref<Paged_backing>();
  EXPECT_EQ(*map(*b, 6 * Page, true), 7);
}

TEST_F(Dataspaces, SharersPayForThemselves)
{
  auto a = paged(64 * Page);
  ASSERT_EQ(a->allocate(0, 64 * Page), 0);
  Account *other = root.create(32 * Page);
  {
    auto b = Ref<Paged_backing>::adopt(make<Paged_backing>(*other, 64 * Page, L4_FPAGE_RWX, 12U));
    EXPECT_EQ(b->copy_in(0, *a, 0, 64 * Page), -L4_ENOMEM);
    EXPECT_LE(other->used(), other->limit());
  }
  EXPECT_EQ(other->used(), 0u);
  other->unref();
}

TEST_F(Dataspaces, CopyOfAFileEndsWithTheFile)
{
  // A boot module of 2.5 pages, followed by other bytes.
  l4_addr_t const file = ram.alloc(14);
  memset(reinterpret_cast<void *>(file), 'f', 4 * Page);
  {
    auto rom = Ref<Static_backing>::adopt(make<Static_backing>(
        root, file, 2 * Page + Page / 2, L4_FPAGE_RX, Static_backing::Permanent));
    auto data = paged(4 * Page);
    ASSERT_EQ(data->copy_in(0, *rom, 0, 2 * Page + 100), 0);
    EXPECT_EQ(map(*data, 0, false), reinterpret_cast<char *>(file)) << "shared with the file";
    EXPECT_EQ(*map(*data, 2 * Page + 99, false), 'f');
    EXPECT_EQ(*map(*data, 2 * Page + 100, false), 0);
    *map(*data, Page, true) = 'x';
    EXPECT_EQ(*map(*data, Page + 1, false), 'f');
    EXPECT_EQ(*reinterpret_cast<char *>(file + Page), 'f');
    // Behind the end of the file there is nothing to copy.
    ASSERT_EQ(data->copy_in(3 * Page, *rom, 3 * Page, Page), 0);
    EXPECT_EQ(*map(*data, 3 * Page, false), 0);
  }
  ram.free(file, 14);
}

TEST_F(Dataspaces, ContiguousMemoryIsMappedInLargeBlocks)
{
  auto ds =
      Ref<Static_backing>::adopt(Static_backing::create(*account, 5UL << 20, L4_FPAGE_RW, 21));
  ASSERT_TRUE(ds);
  Mapping m;
  ASSERT_EQ(ds->map((2UL << 20) + 5, true, &m), 0);
  EXPECT_GE(m.order, 21);
  l4_size_t length = 0;
  EXPECT_NE(ds->physical(Page, &length), 0u);
  EXPECT_EQ(length, (5UL << 20) - Page);
  EXPECT_EQ(Static_backing::create(*account, 12UL << 20, L4_FPAGE_RW, 12), nullptr) << "quota";
}

TEST_F(Dataspaces, ClearAndDiscard)
{
  auto ds = paged(16 * Page);
  for (unsigned i = 0; i < 16; ++i)
    memset(map(*ds, i * Page, true), 1, Page);
  l4_size_t const used = account->used();
  withdrawn.clear();
  ASSERT_EQ(ds->clear(Page / 2, 3 * Page), 0);
  EXPECT_EQ(withdrawn.size(), 2u) << "two whole pages were dropped";
  EXPECT_EQ(account->used(), used - 2 * Page);
  EXPECT_EQ(*map(*ds, Page / 2 - 1, false), 1);
  EXPECT_EQ(*map(*ds, Page / 2, false), 0);
  EXPECT_EQ(*map(*ds, 3 * Page + Page / 2 - 1, false), 0);
  EXPECT_EQ(*map(*ds, 3 * Page + Page / 2, false), 1);
  ASSERT_EQ(ds->clear(0, ~0UL), 0);
  for (unsigned i = 0; i < 16; ++i)
    EXPECT_EQ(*map(*ds, i * Page + 3, false), 0);
}

TEST_F(Dataspaces, DiscardTakesWholePagesOnly)
{
  auto ds = paged(4 * Page);
  for (unsigned i = 0; i < 4; ++i)
    memset(map(*ds, i * Page, true), 1, Page);
  ds->discard(Page / 2, 2 * Page);
  EXPECT_EQ(*map(*ds, Page - 1, false), 1) << "named in part";
  EXPECT_EQ(*map(*ds, Page, false), 0);
  EXPECT_EQ(*map(*ds, 2 * Page, false), 1) << "named in part";
  ds->discard(2 * Page, ~0UL);
  EXPECT_EQ(*map(*ds, 3 * Page, false), 0);
}

TEST_F(Dataspaces, TheLastByteOfAQuotaCanBeUsed)
{
  Account *const small = account->create(1000);
  ASSERT_TRUE(small);
  EXPECT_TRUE(small->take(1000));
  EXPECT_FALSE(small->take(1));
  small->give(1000);
  EXPECT_FALSE(small->take(1001));
  if (Account *const refusing = Account::take_refusing()) refusing->unref();
  small->unref();
}

TEST_F(Dataspaces, ContiguousMemoryIsCleared)
{
  for (unsigned round = 0; round < 2;
       ++round) { // the second time it is what the first one wrote to
    auto ds =
        Ref<Static_backing>::adopt(Static_backing::create(*account, 4 * Page, L4_FPAGE_RWX, 12));
    ASSERT_TRUE(ds);
    for (unsigned i = 0; i < 4; ++i) {
      char *const page = map(*ds, i * Page, true);
      EXPECT_EQ(page[0], 0);
      EXPECT_EQ(page[Page - 1], 0);
      memset(page, 0xee, Page);
    }
  }
}

TEST_F(Dataspaces, BlocksOfContiguousMemoryDoNotReachBehindIt)
{
  for (unsigned pages = 1; pages < 10; ++pages) {
    auto ds = Ref<Static_backing>::adopt(
        Static_backing::create(*account, pages * Page, L4_FPAGE_RWX, 16));
    ASSERT_TRUE(ds);
    Mapping first, m;
    ASSERT_EQ(ds->map(0, false, &first), 0);
    for (unsigned i = 0; i < pages; ++i) {
      ASSERT_EQ(ds->map(i * Page, false, &m), 0);
      l4_addr_t const block = m.page & ~((l4_addr_t(1) << m.order) - 1);
      EXPECT_GE(block, first.page);
      EXPECT_LE(block + (l4_addr_t(1) << m.order), first.page + pages * Page) << pages << ", " << i;
    }
  }
}

TEST_F(Dataspaces, HugeSparseOperationsAreQuick)
{
  auto a = paged(1UL << 46), b = paged(1UL << 46);
  *map(*a, 1UL << 45, true) = 5;
  ASSERT_EQ(b->copy_in(0, *a, 0, 1UL << 46), 0);
  EXPECT_EQ(*map(*b, 1UL << 45, false), 5);
  ASSERT_EQ(b->clear(1, ~0UL), 0);
  EXPECT_EQ(*map(*b, 1UL << 45, false), 0);
}

TEST_F(Dataspaces, RevokedBackingIsEmpty)
{
  auto ds = paged(4 * Page);
  ASSERT_EQ(ds->allocate(0, 4 * Page), 0);
  account->revoke_all();
  Mapping m;
  EXPECT_EQ(ds->map(0, false, &m), -L4_ENOMEM);
  EXPECT_LE(account->used(), 1024u);
}

TEST_F(Dataspaces, RandomSharingAgreesWithAModel)
{
  constexpr unsigned Num = 4, Pages = 6;
  Ref<Paged_backing> ds[Num];
  for (auto &d : ds)
    d = paged(Pages * Page);
  char model[Num][Pages * 2] = {}; // two probes for each page
  std::mt19937 random(11);
  auto probe = [](unsigned i) { return i / 2 * Page + (i % 2 ? Page - 1 : 0); };
  for (int round = 0; round < 20000; ++round) {
    unsigned const d = random() % Num, s = random() % Num;
    switch (random() % 4) {
    case 0: {
      unsigned const i = random() % (Pages * 2);
      *map(*ds[d], probe(i), true) = model[d][i] = static_cast<char>(round);
      break;
    }
    case 1: {
      if (d == s) break;
      unsigned const from = random() % Pages, to = random() % Pages;
      unsigned const n = random() % (Pages - std::max(from, to)) + 1;
      ASSERT_EQ(ds[d]->copy_in(to * Page, *ds[s], from * Page, n * Page), 0);
      memcpy(&model[d][to * 2], &model[s][from * 2], n * 2);
      break;
    }
    case 2: {
      unsigned const from = random() % (Pages * 2);
      ASSERT_EQ(ds[d]->clear(probe(from), Page), 0);
      for (unsigned i = from; i < Pages * 2; ++i)
        if (probe(i) < probe(from) + Page) model[d][i] = 0;
      break;
    }
    default:
      if (random() % 50 == 0) {
        ds[d] = paged(Pages * Page);
        memset(model[d], 0, sizeof(model[d]));
      }
      break;
    }
    for (unsigned i = 0; i < Pages * 2; ++i)
      ASSERT_EQ(*map(*ds[d], probe(i), false), model[d][i]) << "round " << round;
  }
}

} // namespace

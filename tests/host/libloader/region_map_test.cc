// SPDX-License-Identifier: MIT
#include <l4/libloader/region_map>

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <random>

using namespace Ldr;

namespace {

struct Alloc {
  bool exhausted = false;
  int areas = 0;
  void *alloc(l4_size_t size) { return exhausted ? nullptr : std::malloc(size); }
  void free(void *p, l4_size_t) { std::free(p); }
  Area *new_area()
  {
    if (exhausted) return nullptr;
    ++areas;
    return new Area;
  }
  void delete_area(Area *a)
  {
    --areas;
    delete a;
  }
};

struct Node : Range {
  l4_uint32_t flags = 0;
  l4_addr_t offset = 0;
  void advance(l4_size_t bytes) { offset += bytes; }
  Node *clone(Alloc *a) const { return a->exhausted ? nullptr : new Node(*this); }
};

using Map = Region_map<Node, Alloc>;

struct Region_map_test : testing::Test {
  Alloc alloc;
  Map map{&alloc, 0x1000, 0x7fffffffffff};

  ~Region_map_test() override
  {
    while (map.regions().size())
      take(map.regions()[0]->start, 1, Detach_overlap);
  }

  /// \return the address of the region or the error
  long attach(l4_addr_t start, l4_size_t size, l4_uint32_t flags = 0, unsigned align = 12)
  {
    auto n = std::make_unique<Node>();
    long const e = map.attach(n.get(), start, size, flags, align);
    return e < 0 ? e : static_cast<long>(n.release()->start);
  }

  long reserve(l4_addr_t start, l4_size_t size, l4_uint32_t flags = 0)
  {
    long const e = map.reserve_area(&start, size, flags, 12);
    return e < 0 ? e : static_cast<long>(start);
  }

  long take(l4_addr_t start, l4_size_t size, l4_uint32_t flags)
  {
    Map::Detached_range out;
    long const r = map.detach(start, size, flags, &out);
    if (r >= 0 && (r & 3) == Detached) delete out.region;
    return r;
  }
};

TEST_F(Region_map_test, attach_rounds_and_refuses_overlap)
{
  EXPECT_EQ(attach(0x5123, 0x2001), 0x5000);
  EXPECT_EQ(map.find(0x7fff)->start, 0x5000u);
  EXPECT_EQ(map.find(0x8000), nullptr);
  EXPECT_EQ(attach(0x7000, 1), -L4_EADDRNOTAVAIL);
  EXPECT_EQ(attach(0x9000, 0), -L4_EINVAL);
  EXPECT_EQ(attach(0x9000, 1, Map_search, 11), -L4_EINVAL);
  EXPECT_EQ(attach(0x9000, 1, Map_search, 64), -L4_EINVAL);
  EXPECT_EQ(attach(0, 0x1000), -L4_EADDRNOTAVAIL);              // below the minimum
  EXPECT_EQ(attach(0x7ffffffff000, 0x2000), -L4_EADDRNOTAVAIL); // above the maximum
  EXPECT_EQ(attach(~0xfffUL, 0x2000), -L4_EADDRNOTAVAIL);
}

TEST_F(Region_map_test, search_is_first_fit_above_start_and_skips_areas)
{
  EXPECT_EQ(attach(0, 0x1000, Map_search), 0x1000);
  EXPECT_EQ(reserve(0x2000, 0x2000), 0x2000);
  EXPECT_EQ(attach(0, 0x1000, Map_search), 0x4000);
  EXPECT_EQ(attach(0x10000, 0x1000, Map_search), 0x10000);
  EXPECT_EQ(attach(0x10000, 0x1000, Map_search, 21), 0x200000);
  EXPECT_EQ(attach(~0xfffUL, 0x1000, Map_search), 0x5000); // behind the end: from the beginning
  EXPECT_EQ(attach(0x7ffffffff000, 0x2000, Map_search), -L4_EADDRNOTAVAIL);
  EXPECT_EQ(attach(0, 1UL << 47, Map_search), -L4_EADDRNOTAVAIL);
}

TEST_F(Region_map_test, areas_hold_regions_that_ask_for_them)
{
  EXPECT_EQ(reserve(0x100000, 0x10000), 0x100000);
  EXPECT_EQ(attach(0x100000, 0x1000), -L4_EADDRNOTAVAIL);
  EXPECT_EQ(attach(0x100000, 0x1000, Map_in_area), 0x100000);
  EXPECT_EQ(attach(0x100000, 0x1000, Map_in_area | Map_search), 0x101000);
  EXPECT_EQ(attach(0x10f000, 0x2000, Map_in_area), -L4_EADDRNOTAVAIL); // sticks out
  EXPECT_EQ(attach(0x200000, 0x1000, Map_in_area), -L4_EADDRNOTAVAIL); // no area
  EXPECT_EQ(reserve(0x10f000, 0x1000), -L4_EADDRNOTAVAIL);
  EXPECT_EQ(map.free_area(0x108000), 0);
  EXPECT_EQ(map.free_area(0x108000), -L4_ENOENT);
  EXPECT_NE(map.find(0x100000), nullptr);
}

TEST_F(Region_map_test, reserved_areas_exclude_everything)
{
  EXPECT_EQ(attach(0x5000, 0x1000), 0x5000);
  EXPECT_EQ(reserve(0x5000, 0x1000, Map_reserved), -L4_EADDRNOTAVAIL);
  EXPECT_EQ(reserve(0x5000, 0x1000), 0x5000); // plain ones may cover regions
  EXPECT_EQ(reserve(0x8000, 0x1000, Map_reserved), 0x8000);
  EXPECT_EQ(attach(0x8000, 0x1000, Map_in_area), -L4_EADDRNOTAVAIL);
}

TEST_F(Region_map_test, detach_takes_shrinks_and_splits)
{
  EXPECT_EQ(attach(0x10000, 0x10000), 0x10000);
  EXPECT_EQ(take(0x10000, 0x1000, Detach_exact), Kept);
  EXPECT_EQ(map.find(0x11000)->offset, 0x1000u);
  EXPECT_EQ(take(0x1f000, 0x1000, Detach_exact), Kept);
  EXPECT_EQ(take(0x15000, 0x1000, Detach_exact), Split);
  EXPECT_EQ(map.find(0x16000)->offset, 0x6000u);
  EXPECT_EQ(map.find(0x15000), nullptr);
  EXPECT_EQ(take(0, 0x100000, Detach_exact), Detached | Again);
  EXPECT_EQ(take(0, 0x100000, Detach_exact), Detached);
  EXPECT_EQ(take(0, 0x100000, Detach_exact), -L4_ENOENT);
  EXPECT_EQ(take(0x10000, 0, Detach_exact), -L4_EINVAL);
  EXPECT_EQ(attach(0x10000, 0x10000), 0x10000);
  EXPECT_EQ(take(0x18000, 1, Detach_overlap), Detached); // an address inside is enough
}

TEST_F(Region_map_test, lack_of_memory_changes_nothing)
{
  EXPECT_EQ(attach(0x10000, 0x10000), 0x10000);
  for (int i = 0; i < 15; ++i)
    EXPECT_GE(attach(0x100000, 0x1000, Map_search), 0);
  alloc.exhausted = true;
  EXPECT_EQ(attach(0x1000000, 0x1000), -L4_ENOMEM);
  EXPECT_EQ(reserve(0x2000000, 0x1000), -L4_ENOMEM);
  EXPECT_EQ(take(0x15000, 0x1000, Detach_exact), -L4_ENOMEM);
  EXPECT_EQ(map.find(0x15000)->start, 0x10000u);
}

/// Against a page-wise model: attach, detach and find give the same answers for a long time.
TEST_F(Region_map_test, agrees_with_a_model_of_single_pages)
{
  constexpr unsigned Pages = 64;
  constexpr l4_addr_t Base = 0x100000;
  std::map<unsigned, l4_addr_t> model; // page -> offset in its region
  std::mt19937 random(1);
  for (int step = 0; step < 20000; ++step) {
    unsigned const page = random() % Pages, count = 1 + random() % 8;
    l4_addr_t const start = Base + page * 4096UL;
    if (random() % 2) {
      bool free = true;
      for (unsigned p = page; p < page + count; ++p)
        free = free && !model.count(p);
      long const r = attach(start, count * 4096UL);
      ASSERT_EQ(r, free ? static_cast<long>(start) : -L4_EADDRNOTAVAIL);
      if (free)
        for (unsigned p = 0; p < count; ++p)
          model[page + p] = p * 4096UL;
    } else {
      long r;
      do
        r = take(start, count * 4096UL, Detach_exact);
      while (r >= 0 && (r & Again));
      for (unsigned p = page; p < page + count; ++p)
        model.erase(p);
    }
    for (unsigned p = 0; p < Pages + 8; ++p) {
      Node const *n = map.find(Base + p * 4096UL);
      ASSERT_EQ(n != nullptr, model.count(p) == 1);
      if (n) {
        ASSERT_EQ(n->offset + (Base + p * 4096UL - n->start), model[p]);
      }
    }
  }
}

} // namespace

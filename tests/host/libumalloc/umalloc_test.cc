// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <vector>

#define malloc um_malloc
#define free um_free
#define calloc um_calloc
#define realloc um_realloc
#include "../../../l4re/libumalloc/lib/src/umalloc.cc"
#undef malloc
#undef free
#undef calloc
#undef realloc

namespace {

struct alignas(16) Unit {
  unsigned char bytes[16];
};
std::vector<std::unique_ptr<Unit[]>> areas;
std::size_t limit = ~0UL, given;

} // namespace

void *umalloc_area_create(l4_size_t size)
{
  EXPECT_EQ(size % L4_PAGESIZE, 0U);
  if (size > limit) return nullptr;
  limit -= size;
  given += size;
  areas.push_back(std::make_unique<Unit[]>(size / sizeof(Unit)));
  return areas.back().get();
}

namespace {

TEST(Umalloc, random_use_neither_overlaps_nor_grows_without_end)
{
  std::mt19937 random(5);
  std::map<unsigned char *, std::pair<std::size_t, unsigned char>> blocks;
  auto check = [&](unsigned char *p) {
    auto const [size, mark] = blocks[p];
    ASSERT_TRUE(std::all_of(p, p + size, [m = mark](unsigned char c) { return c == m; }));
  };
  auto fill = [&](void *memory, std::size_t size) {
    auto *const p = static_cast<unsigned char *>(memory);
    ASSERT_NE(p, nullptr);
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(p) % 16, 0U);
    auto const mark = static_cast<unsigned char>(random());
    memset(p, mark, size);
    blocks[p] = {size, mark};
  };
  for (unsigned step = 0; step < 20000; ++step) {
    std::size_t const size = random() % 3000;
    if (blocks.size() < 60 || random() % 2) {
      fill(um_malloc(size), size);
      continue;
    }
    auto const it = std::next(blocks.begin(), random() % blocks.size());
    unsigned char *const p = it->first;
    check(p);
    if (random() % 3) {
      um_free(p);
      blocks.erase(p);
    } else {
      auto const [old_size, mark] = it->second;
      auto *const q = static_cast<unsigned char *>(um_realloc(p, size));
      ASSERT_NE(q, nullptr);
      ASSERT_TRUE(std::all_of(q, q + std::min(size, old_size),
                              [m = mark](unsigned char c) { return c == m; }));
      blocks.erase(p);
      fill(q, size);
    }
    while (blocks.size() > 120) {
      check(blocks.begin()->first);
      um_free(blocks.begin()->first);
      blocks.erase(blocks.begin());
    }
  }
  while (!blocks.empty()) {
    um_free(blocks.begin()->first);
    blocks.erase(blocks.begin());
  }
  EXPECT_LT(given, 1U << 20);
}

TEST(Umalloc, edges)
{
  um_free(nullptr);
  void *const p = um_calloc(10, 10);
  ASSERT_NE(p, nullptr);
  for (unsigned i = 0; i < 100; ++i)
    EXPECT_EQ(static_cast<char *>(p)[i], 0);
  um_free(p);
  volatile std::size_t huge = ~0UL;
  EXPECT_EQ(um_malloc(huge), nullptr);
  EXPECT_EQ(um_malloc(huge - 20), nullptr);
  EXPECT_EQ(um_calloc(huge / 2, 3), nullptr);
  void *const q = um_realloc(nullptr, 5);
  EXPECT_EQ(um_realloc(q, 6), q); // it has room
  limit = 0;
  EXPECT_EQ(um_malloc(1 << 24), nullptr);
  EXPECT_EQ(um_realloc(q, 1 << 24), nullptr);
  um_free(q);
}

} // namespace

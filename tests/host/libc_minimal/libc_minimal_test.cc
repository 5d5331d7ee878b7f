// SPDX-License-Identifier: MIT
#include "format.h"

#include <l4/libc_minimal/heap>

#include <gtest/gtest.h>

#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

struct String_sink final : Libc_minimal::Sink {
  void put(char const *text, size_t length) override { out.append(text, length); }
  std::string out;
};

std::string ours(char const *fmt, va_list args, int *count)
{
  String_sink sink;
  *count = Libc_minimal::format(sink, fmt, args);
  return sink.out;
}

/// Our formatting must equal the host's C library.
void same(char const *fmt, ...)
{
  va_list args;
  va_start(args, fmt);
  int count = 0;
  std::string const out = ours(fmt, args, &count);
  va_end(args);
  char expected[256];
  va_start(args, fmt);
  int const expected_count = vsnprintf(expected, sizeof(expected), fmt, args);
  va_end(args);
  EXPECT_EQ(out, expected) << fmt;
  EXPECT_EQ(count, expected_count) << fmt;
}

TEST(Format, LikeTheHostsLibrary)
{
  same("plain %% text");
  same("%d %i %u", -1, 42, 0u);
  same("[%5d] [%-5d] [%05d] [%+d] [% d]", 42, 42, -42, 42, 42);
  same("%ld %lu %lx %llx", -1L, ~0UL, 0xdeadbeefUL, 0x123456789abcdefULL);
  same("%zu %zx", size_t(12), size_t(255));
  same("%#x %#x %X %#o %o", 0x1fu, 0xffu, 0xabcu, 8u, 511u);
  same("%08lx %16lx %-8xE", 0x1234UL, 0xffUL, 0x1f);
  same("%.3d %.0d %8.3d %-8.3dE", 5, 7, 9, 9);
  same("%s [%8s] [%-8s] [%.3s] [%*s] [%.*s]", "abc", "abc", "abc", "abcdef", 6, "xy", 2, "xyz");
  same("%c%c%c [%3c]", 'a', 'b', 'c', 'd');
  same("%hhd %hd %hhu", 300, 70000, 511);
  same("%d %ld", -2147483647 - 1, -9223372036854775807L - 1);
  same("%p", reinterpret_cast<void *>(0x1234));
}

/// Hands out pages of the host and checks that they come back as they went.
class Test_pages final : public Libc_minimal::Page_source {
public:
  void *alloc_pages(unsigned order) override
  {
    if (left < (1UL << order)) return nullptr;
    left -= 1UL << order;
    void *p = std::aligned_alloc(1UL << order, 1UL << order);
    out[p] = order;
    return p;
  }
  void free_pages(void *p, unsigned order) override
  {
    auto const it = out.find(p);
    ASSERT_NE(it, out.end());
    ASSERT_EQ(it->second, order);
    out.erase(it);
    left += 1UL << order;
    std::free(p);
  }
  std::map<void *, unsigned> out;
  size_t left = 16UL << 20;
};

TEST(Heap, ObjectsDoNotOverlapAndAllPagesComeBack)
{
  Test_pages pages;
  {
    Libc_minimal::Heap heap(&pages);
    std::mt19937 random(7);
    struct Object {
      unsigned char *p;
      size_t size;
      unsigned char fill;
    };
    std::vector<Object> objects;
    for (int i = 0; i < 20000; ++i) {
      if (objects.empty() || random() % 5 > 1) {
        size_t const size = random() % 3 ? random() % 200 : random() % 9000;
        auto p = static_cast<unsigned char *>(heap.alloc(size));
        if (!p) continue;
        ASSERT_EQ(reinterpret_cast<uintptr_t>(p) % 16, 0u);
        auto const fill = static_cast<unsigned char>(i);
        memset(p, fill, size);
        objects.push_back({p, size, fill});
      } else {
        size_t const k = random() % objects.size();
        for (size_t b = 0; b < objects[k].size; ++b)
          ASSERT_EQ(objects[k].p[b], objects[k].fill);
        heap.free(objects[k].p);
        objects[k] = objects.back();
        objects.pop_back();
      }
    }
    for (Object const &o : objects)
      heap.free(o.p);
  }
  EXPECT_TRUE(pages.out.empty());
}

TEST(Heap, OutOfMemoryIsNull)
{
  Test_pages pages;
  pages.left = 4096;
  Libc_minimal::Heap heap(&pages);
  EXPECT_EQ(heap.alloc(5000), nullptr);
  void *p = heap.alloc(1500);
  void *q = heap.alloc(1500);
  EXPECT_TRUE(p && q);
  EXPECT_EQ(heap.alloc(1500), nullptr);
  heap.free(p);
  EXPECT_EQ(heap.alloc(1600), p);
  heap.free(p);
  heap.free(q);
  EXPECT_EQ(pages.left, 4096u);
}

TEST(Heap, CostCoversTheSize)
{
  for (size_t size = 1; size < 20000; ++size)
    ASSERT_GE(Libc_minimal::Heap::cost(size), size);
}

} // namespace

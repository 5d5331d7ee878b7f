// SPDX-License-Identifier: MIT
#include <l4/libtap/tap.h>

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <initializer_list>
#include <new>

namespace {

CASE("libc", "malloc keeps thousands of blocks apart")
{
  constexpr unsigned Blocks = 600, Rounds = 6000;
  struct Block {
    unsigned char *data;
    size_t size;
    unsigned char mark;
  };
  static Block blocks[Blocks];
  uint32_t seed = 12345;
  auto const random = [&seed] { return seed = seed * 1664525 + 1013904223, seed >> 8; };
  bool ok = true;
  for (unsigned round = 0; round < Rounds; ++round) {
    Block &b = blocks[random() % Blocks];
    if (b.data) {
      ok = ok && b.data[0] == b.mark && b.data[b.size - 1] == b.mark;
      free(b.data);
      b.data = nullptr;
      continue;
    }
    b.size = 1 + random() % (round % 64 ? 500 : 60000);
    b.mark = static_cast<unsigned char>(round);
    b.data = static_cast<unsigned char *>(malloc(b.size));
    if (!b.data) break;
    ok = ok && reinterpret_cast<uintptr_t>(b.data) % 16 == 0;
    b.data[0] = b.data[b.size - 1] = b.mark;
  }
  CHECK(ok);
  for (Block &b : blocks) {
    free(b.data);
    b.data = nullptr;
  }
}

CASE("libc", "large blocks come from anonymous memory, read as zero, and are given back")
{
  constexpr size_t Size = 8 << 20;
  free(malloc(64 << 10)); // the heap leaves its first part, if it has not yet
  auto const heap_start = static_cast<char *>(sbrk(0));
  for (int i = 0; i < 3; ++i) {
    auto p = static_cast<unsigned char *>(calloc(1, Size));
    REQUIRE(p);
    CHECK_EQ(p[0] + p[Size / 2] + p[Size - 1], 0);
    p[Size / 2] = 1;
    p = static_cast<unsigned char *>(realloc(p, 2 * Size));
    REQUIRE(p);
    CHECK_EQ(p[Size / 2], 1);
    free(p);
  }
  CHECK(static_cast<char *>(sbrk(0)) - heap_start < static_cast<ptrdiff_t>(Size));
}

CASE("libc", "the break goes neither below its beginning nor out of its area")
{
  char *const before = static_cast<char *>(sbrk(0));
  for (ptrdiff_t increment :
       {-(ptrdiff_t{1} << 40), ptrdiff_t{1} << 40, PTRDIFF_MIN, PTRDIFF_MAX}) {
    errno = 0;
    CHECK(sbrk(increment) == reinterpret_cast<void *>(-1l));
    CHECK_EQ(errno, ENOMEM);
    CHECK(sbrk(0) == before);
  }
}

CASE("libc", "what cannot be had is refused, not promised")
{
  errno = 0;
  CHECK(malloc(size_t{1} << 45) == nullptr);
  CHECK_EQ(errno, ENOMEM);
}

CASE("libc", "aligned memory and operator new")
{
  void *p = aligned_alloc(4096, 100);
  CHECK_EQ(reinterpret_cast<uintptr_t>(p) % 4096, 0);
  free(p);
  struct alignas(64) Line {
    char c[64];
  };
  auto line = new Line;
  CHECK_EQ(reinterpret_cast<uintptr_t>(line) % 64, 0);
  delete line;
}

} // namespace

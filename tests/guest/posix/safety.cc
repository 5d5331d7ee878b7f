// SPDX-License-Identifier: MIT
// Threads that use the same parts of the runtime at once: malloc, stdio, errno, capability slots, the
// region map.
#include "posix.h"

#include <l4/re/util/cap_alloc>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

namespace {

constexpr unsigned Threads = 4;

unsigned in_parallel(void *(*function)(void *))
{
  pthread_t t[Threads];
  for (l4_addr_t i = 0; i < Threads; ++i)
    t[i] = start(function, reinterpret_cast<void *>(i));
  l4_addr_t wrong = 0;
  for (pthread_t id : t)
    wrong += reinterpret_cast<l4_addr_t>(join(id));
  return static_cast<unsigned>(wrong);
}

void *use_malloc(void *number)
{
  auto const seed = static_cast<unsigned char>(reinterpret_cast<l4_addr_t>(number) + 1);
  l4_addr_t wrong = 0;
  unsigned char *blocks[16] = {};
  for (unsigned i = 0; i < 2000; ++i) {
    unsigned char *&p = blocks[i * 7 % 16];
    size_t const size = 1 + i * 37 % 700;
    if (p && (p[0] != seed || p[malloc_usable_size(p) - 1] != seed)) ++wrong;
    free(p);
    p = static_cast<unsigned char *>(malloc(size));
    memset(p, seed, malloc_usable_size(p));
  }
  for (unsigned char *p : blocks)
    free(p);
  return reinterpret_cast<void *>(wrong);
}

CASE("newlib", "malloc and free from four threads")
{
  CHECK_EQ(in_parallel(use_malloc), 0);
}

void *use_errno(void *)
{
  l4_addr_t wrong = 0;
  for (int i = 0; i < 500; ++i) {
    close(1000);
    wrong += errno != EBADF;
    sched_yield();
    wrong += errno != EBADF;
    open("/tmp/missing", O_RDONLY);
    wrong += errno != ENOENT;
    char text[32];
    snprintf(text, sizeof(text), "%g", i / 8.0);
    wrong += strtod(text, nullptr) != i / 8.0;
  }
  return reinterpret_cast<void *>(wrong);
}

CASE("newlib", "each thread has its own errno and its own buffers")
{
  CHECK_EQ(in_parallel(use_errno), 0);
}

FILE *shared;

void *use_stdio(void *)
{
  for (int i = 0; i < 100; ++i)
    fputs("0123456\n", shared);
  return nullptr;
}

CASE("newlib", "a FILE that four threads write to: no line is torn")
{
  shared = fopen("/tmp/lines", "w+");
  REQUIRE(shared);
  in_parallel(use_stdio);
  rewind(shared);
  char line[16];
  unsigned lines = 0, torn = 0;
  while (fgets(line, sizeof(line), shared)) {
    ++lines;
    torn += strcmp(line, "0123456\n") != 0;
  }
  CHECK_EQ(lines, Threads * 100);
  CHECK_EQ(torn, 0);
  fclose(shared);
  unlink("/tmp/lines");
}

/// Slots that are taken now; two threads must never have the same one.
unsigned char owners[8192];

void *use_slots(void *)
{
  l4_addr_t wrong = 0;
  for (int i = 0; i < 1000; ++i) {
    L4::Cap<void> caps[4];
    for (auto &c : caps) {
      c = L4Re::Util::cap_alloc.alloc<void>();
      wrong += !c.is_valid();
      wrong += __atomic_fetch_add(&owners[c.cap() >> L4_CAP_SHIFT], 1, __ATOMIC_SEQ_CST) != 0;
    }
    for (auto &c : caps) {
      __atomic_fetch_sub(&owners[c.cap() >> L4_CAP_SHIFT], 1, __ATOMIC_SEQ_CST);
      L4Re::Util::cap_alloc.free(c);
    }
  }
  return reinterpret_cast<void *>(wrong);
}

CASE("c-api-l4re.md 2", "cap_alloc from four threads gives each slot once")
{
  CHECK_EQ(in_parallel(use_slots), 0);
}

void *use_mmap(void *number)
{
  l4_addr_t wrong = 0;
  for (int i = 0; i < 60; ++i) {
    size_t const size = 4096 * (1 + reinterpret_cast<l4_addr_t>(number));
    auto const p = static_cast<char *>(
        mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (p == MAP_FAILED) return reinterpret_cast<void *>(1000);
    for (size_t at = 0; at < size; at += 4096) {
      wrong += p[at] != 0;
      p[at] = static_cast<char>(i);
    }
    wrong += munmap(p, size) != 0;
  }
  return reinterpret_cast<void *>(wrong);
}

CASE("l4re-protocols.md 3", "four threads attach, touch and detach at once")
{
  CHECK_EQ(in_parallel(use_mmap), 0);
}

} // namespace

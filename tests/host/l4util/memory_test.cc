// SPDX-License-Identifier: MIT
// The list allocator against a model, and the order of calls that starts a thread.
#include "../l4sys/fake_kernel.h"

#include <l4/sys/consts.h>
#include <l4/sys/err.h>
#include <l4/util/list_alloc.h>
#include <l4/util/thread.h>

#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <vector>

namespace {

TEST(List_alloc, random_allocations_neither_overlap_nor_leak)
{
  constexpr l4_size_t Size = 64 * 1024;
  struct Memory {
    alignas(4096) unsigned char bytes[Size];
  };
  auto const memory = std::make_unique<Memory>();
  l4la_free_t *list;
  l4la_init(&list);
  EXPECT_EQ(l4la_alloc(&list, 1, 0), nullptr);
  l4la_free(&list, memory->bytes, Size);

  struct Piece {
    unsigned char *at;
    l4_size_t size;
    unsigned char mark;
  };
  std::vector<Piece> pieces;
  std::mt19937 random(1);
  for (unsigned step = 0; step < 20000; ++step) {
    if (random() % 2) {
      l4_size_t const size = 1 + random() % 3000;
      unsigned const align = random() % 13;
      auto *const p = static_cast<unsigned char *>(l4la_alloc(&list, size, align));
      if (!p) continue;
      ASSERT_EQ(reinterpret_cast<l4_addr_t>(p) & ((1UL << align) - 1), 0U);
      ASSERT_TRUE(p >= memory->bytes && p + size <= memory->bytes + Size);
      memset(p, static_cast<int>(step & 0xff), size);
      pieces.push_back({p, size, static_cast<unsigned char>(step)});
    } else if (!pieces.empty()) {
      Piece const piece = pieces[random() % pieces.size()];
      for (l4_size_t i = 0; i < piece.size; ++i)
        ASSERT_EQ(piece.at[i], piece.mark);
      std::erase_if(pieces, [&](Piece const &p) { return p.at == piece.at; });
      l4la_free(&list, piece.at, piece.size);
    }
  }
  for (Piece const &p : pieces)
    l4la_free(&list, p.at, p.size);
  EXPECT_EQ(l4la_avail(&list), Size);
  EXPECT_EQ(l4la_alloc(&list, Size, 12), memory->bytes); // one block again
  EXPECT_EQ(l4la_alloc(&list, 1, 0), nullptr);
  EXPECT_EQ(l4la_alloc(&list, ~0UL, 0), nullptr);
  EXPECT_EQ(l4la_alloc(&list, 1, 64), nullptr);
}

TEST(Create_thread, cleans_up_after_an_error)
{
  auto run = [](unsigned fail_at, std::vector<l4_cap_idx_t> const &expected) {
    Fake_kernel kernel;
    unsigned calls = 0;
    kernel.handler = [&](Fake_kernel::Invocation const &, l4_umword_t *) {
      return l4_msgtag(++calls == fail_at ? -L4_EINVAL : 0, 0, 0, 0);
    };
    long const r =
        l4util_create_thread(0x20000, l4_utcb(), L4_BASE_FACTORY_CAP, 1, 2, L4_BASE_PAGER_CAP,
                             L4_BASE_TASK_CAP, L4_BASE_SCHEDULER_CAP, l4_sched_param(5, 0));
    EXPECT_EQ(r, fail_at ? -L4_EINVAL : 0);
    std::vector<l4_cap_idx_t> called;
    for (auto const &call : kernel.log)
      called.push_back(call.cap());
    EXPECT_EQ(called, expected);
  };
  constexpr l4_cap_idx_t Factory = L4_BASE_FACTORY_CAP, Thread = 0x20000,
                         Scheduler = L4_BASE_SCHEDULER_CAP, Task = L4_BASE_TASK_CAP;
  run(0, {Factory, Thread, Scheduler, Thread});
  run(1, {Factory});
  run(2, {Factory, Thread, Task});
  run(3, {Factory, Thread, Scheduler, Task});
  run(4, {Factory, Thread, Scheduler, Thread, Task});
}

} // namespace

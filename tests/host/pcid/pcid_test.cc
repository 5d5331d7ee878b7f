// SPDX-License-Identifier: MIT
#include "arch/arch.h"
#include "machine.h"

#include <gtest/gtest.h>
#include <cstdlib>
#include <deque>

// What paging.cc finds elsewhere in the kernel; no test here comes that far.
extern "C" {
char image_text[1], image_rodata[1], image_data[1], image_end[1];
}
void panic(char const *, ...)
{
  std::abort();
}
void arch::drop_io_ports()
{
}
Cpu_id arch::cpu_id()
{
  return 0;
}

namespace {

using amd64::processor;

/// A space with its root table.
struct Space {
  alignas(Page_size) Word root[512] = {};
  Mem_space mem{arch::init_root_table(root)};

  ~Space() { arch::strip_root_table(root, mem.root_word()); }
  /// A program of the space runs. False: it used translations of another one.
  bool run()
  {
    arch::load_space(&mem);
    processor.touch();
    return processor.tlb[processor.identifier()].size() == 1;
  }
  bool is_remembered() const
  {
    for (auto const &[pcid, roots] : processor.tlb)
      if (roots.count(mem.root_word() & 0x000ffffffffff000)) return true;
    return false;
  }
};

struct Pcid : testing::Test {
  void SetUp() override
  {
    processor = {};
    amd64::features.pcid = true;
  }
  void TearDown() override { arch::load_space(nullptr); }
};

TEST_F(Pcid, translations_are_kept_over_a_switch)
{
  Space a, b;
  EXPECT_TRUE(a.run() && b.run());
  arch::load_space(&a.mem);
  EXPECT_TRUE(a.is_remembered() && b.is_remembered());
}

TEST_F(Pcid, a_space_that_is_not_loaded_is_flushed_alone)
{
  Space a, b;
  EXPECT_TRUE(a.run() && b.run());
  arch::flush_space(a.mem);
  EXPECT_FALSE(a.is_remembered());
  EXPECT_TRUE(b.is_remembered());
}

TEST_F(Pcid, another_cpu_s_request_drops_the_translations_of_all_spaces)
{
  Space a, b;
  EXPECT_TRUE(a.run() && b.run());
  arch::flush_user_pages();
  EXPECT_FALSE(a.is_remembered() || b.is_remembered());
}

TEST_F(Pcid, a_new_space_does_not_find_the_translations_of_one_that_is_gone)
{
  Word gone;
  {
    Space a;
    EXPECT_TRUE(a.run());
    gone = a.mem.root_word() & 0xfff;
    arch::load_space(nullptr);
  }
  Space b;
  ASSERT_EQ(b.mem.root_word() & 0xfff, gone) << "no reuse: the test shows nothing";
  EXPECT_TRUE(b.run());
}

TEST_F(Pcid, without_an_identifier_nothing_is_kept)
{
  std::deque<Space> many(4095);
  Space a, b;
  EXPECT_EQ(a.mem.root_word() & 0xfff, 0u);
  EXPECT_TRUE(a.run() && b.run() && a.run());
  EXPECT_TRUE(many.front().run() && many.back().run());
  arch::flush_space(a.mem);
  EXPECT_TRUE(many.front().is_remembered());
}

TEST_F(Pcid, processors_without_pcid_get_the_root_table_alone)
{
  amd64::features.pcid = false;
  Space a, b;
  EXPECT_EQ(a.mem.root_word() & ~0x000ffffffffff000, 0u);
  EXPECT_TRUE(a.run() && b.run() && a.run());
  EXPECT_FALSE(b.is_remembered());
  arch::flush_user_pages();
  EXPECT_FALSE(a.is_remembered());
}

} // namespace

// SPDX-License-Identifier: MIT
#include "window.h"

#include <gtest/gtest.h>

using namespace bench;

namespace {
Insn const user_insn{0x1000, 3, false, {}};
Insn const kernel_insn{0xffffffff80000000, 4, true, {}};
} // namespace

TEST(Window, CountsByPrivilege)
{
  Window w;
  w.begin();
  w.execute(user_insn);
  w.execute(kernel_insn);
  w.execute(kernel_insn);
  w.end();
  ASSERT_EQ(w.samples().size(), 1u);
  EXPECT_EQ(w.samples()[0].user, 1u);
  EXPECT_EQ(w.samples()[0].kernel, 2u);
  EXPECT_EQ(w.profile().at(0xffffffff80000000), 2u);
}

TEST(Window, LinesAreDistinctAndBothHalvesOfACrossingCount)
{
  Window w;
  w.begin();
  w.execute({0x103e, 4, false, {}}); // crosses a line
  w.execute({0x1000, 3, false, {}});
  w.access(0x2000, 8, false, 0);
  w.access(0x2038, 16, true, 0); // crosses a line
  w.access(0xffffffff80001000, 8, true, 0);
  w.end();
  Sample const &s = w.samples()[0];
  EXPECT_EQ(s.code_lines, 2u);
  EXPECT_EQ(s.kernel_code_lines, 0u);
  EXPECT_EQ(s.data_lines, 3u);
  EXPECT_EQ(s.kernel_data_lines, 1u);
}

TEST(Window, ABeginWithoutEndStartsAfresh)
{
  Window w;
  w.begin();
  w.execute(user_insn);
  w.begin();
  w.end();
  w.end();
  ASSERT_EQ(w.samples().size(), 1u);
  EXPECT_EQ(w.samples()[0].user, 0u);
}

TEST(Window, LinesWrittenBySeveralCpus)
{
  Window w;
  w.begin();
  w.access(0x2000, 8, true, 0);
  w.access(0x2000, 8, true, 1);
  w.access(0x3000, 8, true, 0);
  w.access(0x3000, 8, false, 1);
  w.end();
  EXPECT_EQ(w.shared_written_lines(), 1u);
}

TEST(Window, ExpensiveInstructions)
{
  Window w;
  w.begin();
  w.execute({0x1000, 3, true, {.marker = {}, .event = Event::Cr3, .writes_port = false}});
  w.end();
  EXPECT_EQ(w.samples()[0].events[std::size_t(Event::Cr3)], 1u);
}

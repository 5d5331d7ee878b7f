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
  w.access(0x2000, 8);
  w.access(0x2038, 16); // crosses a line
  w.access(0xffffffff80001000, 8);
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

TEST(Writers, ALineIsSharedIfItComesBack)
{
  constexpr std::uint64_t Kernel = 0xffff800000000000 >> Line_shift;
  Writers writers;
  for (unsigned cpu : {0, 1, 0}) {
    writers.note(Kernel, cpu);
    writers.note(0x2000, cpu); // not the kernel's
  }
  for (unsigned cpu : {0, 0, 1, 1}) // given up by one, taken by the other
    writers.note(Kernel + 1, cpu);
  EXPECT_EQ(writers.shared_lines(), 1u);
}

TEST(Window, SeveralCpusAsOne)
{
  Window a, b, all;
  for (Window *w : {&a, &b}) {
    w->begin();
    w->access(0x1000, 8);
    w->end();
    all.add(*w);
  }
  EXPECT_EQ(all.samples().size(), 2u);
}

TEST(Window, ExpensiveInstructions)
{
  Window w;
  w.begin();
  w.execute({0x1000, 3, true, {.marker = {}, .event = Event::Cr3, .writes_port = false}});
  w.end();
  EXPECT_EQ(w.samples()[0].events[std::size_t(Event::Cr3)], 1u);
}

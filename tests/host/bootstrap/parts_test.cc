// SPDX-License-Identifier: MIT
// Text, options, ranges and the memory map.
#include <gtest/gtest.h>

#include <bitset>
#include <random>

#include "memory_map.h"
#include "options.h"
#include "simulation.h"

using namespace boot;

namespace {

uint64_t size_of(const char *text)
{
  uint64_t value = 4711;
  EXPECT_TRUE(parse_size(text, value)) << text;
  return value;
}

std::string string(Text text)
{
  return {text.data, text.size};
}

} // namespace

TEST(Text, words)
{
  Text rest = "  path/to/file -a=1\t-b  ";
  EXPECT_EQ(string(next_word(rest)), "path/to/file");
  EXPECT_EQ(string(next_word(rest)), "-a=1");
  EXPECT_EQ(string(next_word(rest)), "-b");
  EXPECT_TRUE(next_word(rest).empty());
  EXPECT_TRUE(next_word(rest).empty());
}

TEST(Text, base_name)
{
  EXPECT_EQ(string(base_name("/a/b c/d e")), "b");
  EXPECT_EQ(string(base_name("moe")), "moe");
  EXPECT_EQ(string(base_name("dir/")), "");
  EXPECT_EQ(string(base_name("")), "");
}

TEST(Text, numbers)
{
  EXPECT_EQ(size_of("0"), 0u);
  EXPECT_EQ(size_of("0x01100000"), 0x1100000u);
  EXPECT_EQ(size_of("0XfF"), 0xffu);
  EXPECT_EQ(size_of("17M"), 17u << 20);
  EXPECT_EQ(size_of("3g"), 3ull << 30);
  EXPECT_EQ(size_of("0x10k"), 0x4000u);
  EXPECT_EQ(size_of("18446744073709551615"), ~0ull);

  uint64_t value = 4711;
  for (const char *bad : {"", "x", "0x", "M", "12a", "-1", "18446744073709551616", "1 ", "0xg",
                          "17592186044416M", "99999999999999999999"}) {
    EXPECT_FALSE(parse_size(bad, value)) << bad;
    EXPECT_EQ(value, 4711u);
  }
  EXPECT_FALSE(parse_number("1k", value));
}

TEST(Options, defaults)
{
  for (const char *line : {"", "path/bootstrap", "bootstrap  "}) {
    Options options = Options::parse(line);
    EXPECT_EQ(options.modaddr, 32 * Mib);
    EXPECT_EQ(options.uart.port, 0x3f8);
    EXPECT_EQ(options.uart.irq, 4);
    EXPECT_TRUE(options.uart.present);
    EXPECT_FALSE(options.quiet || options.exit_on_panic);
    options.report();
    EXPECT_EQ(take_output(), "");
  }
}

TEST(Options, words)
{
  Options options = Options::parse("bootstrap -modaddr=0x01100000 -comport=4 -quiet");
  EXPECT_EQ(options.modaddr, 0x1100000u);
  EXPECT_EQ(options.uart.port, 0x2e8);
  EXPECT_EQ(options.uart.irq, 3);
  EXPECT_TRUE(options.quiet);

  // No file name in front, blank instead of "=", -comirq wins wherever it stands.
  options = Options::parse("-modaddr 48M -comirq=7 -comport 0x3e8 -noserial -exit-on-panic");
  EXPECT_EQ(options.modaddr, 48 * Mib);
  EXPECT_EQ(options.uart.port, 0x3e8);
  EXPECT_EQ(options.uart.irq, 7);
  EXPECT_FALSE(options.uart.present);
  EXPECT_TRUE(options.exit_on_panic);
}

TEST(Options, what_is_wrong_is_named)
{
  for (const char *word : {"-modaddr=", "-modaddr=x", "-comport=9", "-comirq=70000", "-fast",
                           "-modaddr", "word", "-quietly"}) {
    std::string line = std::string("bootstrap ") + word;
    Options options = Options::parse(line.c_str());
    EXPECT_EQ(options.modaddr, 32 * Mib);
    options.report();
    EXPECT_NE(take_output().find("'" + std::string(word) + "'"), std::string::npos) << word;
  }
}

TEST(Range_set, behaves_like_a_set)
{
  std::mt19937 random(42);
  for (int round = 0; round < 300; ++round) {
    constexpr unsigned Size = 64;
    Range_set set;
    std::bitset<Size> model;
    for (int step = 0; step < 30; ++step) {
      Addr start = random() % Size, end = std::min<Addr>(Size, start + random() % 20);
      bool add = random() % 2;
      add ? set.add({start, end}) : set.remove({start, end});
      for (Addr i = start; i < end; ++i)
        model[i] = add;

      Addr previous_end = 0;
      std::bitset<Size> now;
      for (Range range : set) {
        ASSERT_LT(range.start, range.end);
        ASSERT_TRUE(previous_end == 0 || range.start > previous_end) << "neighbours are joined";
        previous_end = range.end;
        for (Addr i = range.start; i < range.end; ++i)
          now[i] = true;
      }
      ASSERT_EQ(now, model);
      ASSERT_EQ(set.bytes(), model.count());

      Addr from = random() % Size, to = std::min<Addr>(Size, from + 1 + random() % 8);
      bool all = true, any = false;
      for (Addr i = from; i < to; ++i)
        all &= model[i], any |= model[i];
      if (from < to) {
        ASSERT_EQ(set.contains({from, to}), all);
        ASSERT_EQ(set.overlaps({from, to}), any);
      }
    }
  }
}

TEST(Range_set, find)
{
  Range_set set;
  set.add({0x1800, 0x3000});
  set.add({0x5000, 0x9000});
  Range found;
  ASSERT_TRUE(set.find(0x1000, 0x1000, {0, ~0ull}, found));
  EXPECT_EQ(found, (Range{0x2000, 0x3000}));
  ASSERT_TRUE(set.find(0x1001, 0x1000, {0, ~0ull}, found));
  EXPECT_EQ(found, (Range{0x5000, 0x6001}));
  ASSERT_TRUE(set.find(0x1000, 0x1000, {0x6001, ~0ull}, found));
  EXPECT_EQ(found.start, 0x7000u);
  EXPECT_FALSE(set.find(0x1000, 0x1000, {0x6001, 0x7fff}, found));
  EXPECT_FALSE(set.find(0x4001, 0x1000, {0, ~0ull}, found));
  set.add({~0ull - 10, ~0ull});
  EXPECT_FALSE(set.find(8, 0x1000, {0x9000, ~0ull}, found));
}

TEST(Memory_map, what_is_called_two_things_is_no_ram)
{
  Firmware_range entries[] = {
      {{0x100000, 0x8000000}, 1},  {{0, 0xa0000}, 1},
      {{0x9fc00, 0xa0000}, 2},     {{0xf0000, 0x100000}, 2},
      {{0x7fe0000, 0x8000000}, 3}, {{0x4000000, 0x4001000}, 5},
      {{0xa0000, 0xb0000}, 2},     {{0x100000000, 0x140000000}, 1},
  };
  Memory_map map({entries, std::size(entries)});
  std::vector<Range> ram(map.ram().begin(), map.ram().end());
  EXPECT_EQ(ram, (std::vector<Range>{{0, 0x9fc00},
                                     {0x100000, 0x4000000},
                                     {0x4001000, 0x7fe0000},
                                     {0x100000000, 0x140000000}}));
  ASSERT_EQ(map.firmware().count, 3u); // unusable memory is left out, neighbours are joined
  EXPECT_EQ(map.firmware()[0].range, (Range{0x9fc00, 0xb0000}));
  EXPECT_EQ(map.firmware()[1].range, (Range{0xf0000, 0x100000}));
  EXPECT_EQ(map.firmware()[2].type, 3u);
  EXPECT_EQ(map.usable_ram().upper_bound(), 0x7fe0000u);
}

TEST(Memory_map, no_ram_is_refused)
{
  Firmware_range reserved{{0, 0x1000}, 2};
  EXPECT_THROW(Memory_map({&reserved, 1}), Stopped);
  EXPECT_THROW(Memory_map({nullptr, 0}), Stopped);
}

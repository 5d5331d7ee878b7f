// SPDX-License-Identifier: MIT
// Options and arguments.
#include "../l4sys/fake_kernel.h"

#include <l4/util/mb_info.h>
#include <l4/util/mbi_argv.h>
#include <l4/util/parse_cmd.h>

#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <sys/mman.h>
#include <vector>

namespace {

int count, quiet, level;
char const *name;
std::string called;

void call(int arg)
{
  called += "fn" + std::to_string(arg);
}
void call_with(int arg, char const *text, int number)
{
  called += "fn" + std::to_string(arg) + text + std::to_string(number);
}

struct Options : testing::Test {
  Fake_kernel kernel; // errors and the help are printed
  std::vector<char const *> words;
  int left = 0;

  Options() { count = quiet = level = 0, name = nullptr, called.clear(); }

  int parse(std::vector<char const *> arguments)
  {
    words = arguments;
    words.insert(words.begin(), "program");
    left = static_cast<int>(words.size());
    words.push_back(nullptr);
    char const **argv = words.data();
    int const r = parse_cmdline(&left, &argv,                                                 //
                                'c', "count", "how often", PARSE_CMD_INT, 3, &count,          //
                                'q', "quiet", "print nothing", PARSE_CMD_SWITCH, 7, &quiet,   //
                                'n', "name", "of the thing", PARSE_CMD_STRING, "none", &name, //
                                'v', nullptr, "more", PARSE_CMD_INC, 2, &level,               //
                                ' ', "less", "less", PARSE_CMD_DEC, 1, &level,                //
                                'f', "call", "a function", PARSE_CMD_FN, 5, call,             //
                                'g', "give", "with a value", PARSE_CMD_FN_ARG, 6, call_with,  //
                                0);
    rest = argv;
    return r;
  }
  char const **rest = nullptr;
};

TEST_F(Options, defaults)
{
  EXPECT_EQ(parse({}), 0);
  EXPECT_EQ(count, 3);
  EXPECT_EQ(quiet, 0);
  EXPECT_STREQ(name, "none");
  EXPECT_EQ(left, 0);
}

TEST_F(Options, all_forms)
{
  EXPECT_EQ(parse({"-c", "12", "--quiet", "--name=x y", "-v", "-v", "--less", "-f", "-g0x1f",
                   "file", "-c"}),
            0);
  EXPECT_EQ(count, 12);
  EXPECT_EQ(quiet, 7);
  EXPECT_STREQ(name, "x y");
  EXPECT_EQ(level, 3);
  EXPECT_EQ(called, "fn5fn60x1f31");
  ASSERT_EQ(left, 2);
  EXPECT_STREQ(rest[0], "file");
}

TEST_F(Options, ends)
{
  EXPECT_EQ(parse({"-q", "--", "-c"}), 0);
  EXPECT_EQ(left, 1);
  EXPECT_EQ(parse({"-", "-c"}), 0);
  EXPECT_EQ(left, 2);
  EXPECT_EQ(parse({"--count", "-4"}), 0);
  EXPECT_EQ(count, -4);
}

TEST_F(Options, mistakes)
{
  EXPECT_EQ(parse({"-x"}), -1);
  EXPECT_EQ(parse({"--counter", "1"}), -1);
  EXPECT_EQ(parse({"-c"}), -1);
  EXPECT_EQ(parse({"-qq"}), -1);
  EXPECT_FALSE(kernel.log.empty());
  EXPECT_EQ(parse({"--help"}), -3);
  int argc = 1;
  char const *argv[] = {"p", nullptr}, **a = argv;
  EXPECT_EQ(parse_cmdline(&argc, &a, 'x', "x", "", 99, 0, &count, 0), -2);
}

TEST(Multiboot_arguments, words_and_quotes)
{
  // The line of a boot loader lies below 4 GiB.
  void *const low =
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  ASSERT_NE(low, MAP_FAILED);
  strcpy(static_cast<char *>(low), "  moe \"two words\" a'b c'd \t-x ");
  l4util_mb_info_t info = {};
  info.cmdline = static_cast<l4_uint32_t>(reinterpret_cast<l4_addr_t>(low));
  l4util_mbi_to_argv(L4UTIL_MB_CMDLINE, &info);
  ASSERT_EQ(l4util_argc, 4);
  EXPECT_STREQ(l4util_argv[0], "moe");
  EXPECT_STREQ(l4util_argv[1], "two words");
  EXPECT_STREQ(l4util_argv[2], "ab cd");
  EXPECT_STREQ(l4util_argv[3], "-x");
  EXPECT_EQ(l4util_argv[4], nullptr);
  l4util_mbi_to_argv(0, &info);
  EXPECT_EQ(l4util_argc, 0);

  char *line = static_cast<char *>(low);
  for (unsigned i = 0; i < 200; ++i)
    line[i] = i % 2 ? ' ' : 'a';
  line[200] = 0;
  l4util_mbi_to_argv(L4UTIL_MB_CMDLINE, &info);
  EXPECT_EQ(l4util_argc, +L4UTIL_MBI_MAX_ARGS);
  munmap(low, 4096);
}

} // namespace

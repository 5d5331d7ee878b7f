// SPDX-License-Identifier: MIT
#include "boot_name.h"
#include "log_line.h"
#include "options.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace Moe;

std::vector<std::string> warnings;
void warn(char const *word, char const *)
{
  warnings.push_back(word);
}

struct Parsed {
  explicit Parsed(char const *line, l4_size_t size = 256)
  {
    warnings.clear();
    ok = parse_options(line, buffer, size, &o, warn);
    char const *p = o.args;
    for (unsigned i = 0; ok && i < o.args_count; ++i) {
      args.emplace_back(p);
      p += args.back().size() + 1;
    }
    if (ok) {
      EXPECT_EQ(p, o.args + o.args_size);
    }
  }
  bool ok;
  char buffer[256];
  Options o;
  std::vector<std::string> args;
};

using Args = std::vector<std::string>;

TEST(Options, Defaults)
{
  for (char const *line : {static_cast<char const *>(nullptr), "", "moe", "  /x/moe  "}) {
    Parsed p(line);
    ASSERT_TRUE(p.ok);
    EXPECT_EQ(p.args, Args{"rom/ned"});
    EXPECT_EQ(p.o.debug, 3u);
    EXPECT_EQ(p.o.l4re_debug, 2u);
  }
}

TEST(Options, ScriptForNed)
{
  EXPECT_EQ(Parsed("moe rom/hello.cfg").args, (Args{"rom/ned", "rom/hello.cfg"}));
  EXPECT_EQ(Parsed("moe -- -e 'print(1 + 2)' rom/x.cfg").args,
            (Args{"rom/ned", "-e", "print(1 + 2)", "rom/x.cfg"}));
}

TEST(Options, InitAndFlags)
{
  Parsed p("moe --debug=warn,boot --init=rom/hello --l4re-dbg=all "
           "--ldr-flags=eager_map|pinned_segs a b");
  ASSERT_TRUE(p.ok);
  EXPECT_EQ(p.args, (Args{"rom/hello", "a", "b"}));
  EXPECT_EQ(p.o.debug, unsigned{Dbg_warn | Dbg_boot});
  EXPECT_EQ(p.o.l4re_debug, unsigned{Dbg_all});
  EXPECT_EQ(p.o.ldr_flags, 5u);
  EXPECT_TRUE(warnings.empty());
  EXPECT_EQ(Parsed("moe --init=\"rom/my prog\"").args, Args{"rom/my prog"});
  EXPECT_EQ(Parsed("moe --init=rom/a --init=rom/b --").args, Args{"rom/b"});
}

TEST(Options, UnknownOnesAreReported)
{
  Parsed p("moe --wrong --debug=nonsense+warn --brk=1000 x");
  EXPECT_EQ(p.args, (Args{"rom/ned", "x"}));
  ASSERT_EQ(warnings.size(), 3u);
  EXPECT_EQ(warnings[0], "--wrong");
  EXPECT_EQ(p.o.debug, unsigned{Dbg_warn});
  EXPECT_EQ(Parsed("moe --debug=nonsense").o.debug, unsigned{Dbg_info | Dbg_warn});
  EXPECT_EQ(Parsed("moe --debug=").o.debug, 0u);
}

TEST(Options, SmallBufferIsRefused)
{
  char const *line = "moe --init=rom/hello one two";
  EXPECT_TRUE(Parsed(line, 64).ok);
  for (l4_size_t size = 0; size < 18; ++size)
    EXPECT_FALSE(Parsed(line, size).ok) << size;
}

std::string name_of(char const *line, bool *rw = nullptr)
{
  char name[16];
  Boot_name const n = parse_boot_name(line, name, sizeof(name));
  if (rw) *rw = n.writable;
  return std::string(name, n.length);
}

TEST(BootName, LastComponentOfTheFirstWord)
{
  bool rw;
  EXPECT_EQ(name_of("hello"), "hello");
  EXPECT_EQ(name_of("/build/bin/hello arg /x/y", &rw), "hello");
  EXPECT_FALSE(rw);
  EXPECT_EQ(name_of("disk.img :rw", &rw), "disk.img");
  EXPECT_TRUE(rw);
  EXPECT_EQ(name_of("disk.img x:rw :rwx", &rw), "disk.img");
  EXPECT_FALSE(rw);
  EXPECT_EQ(name_of("dir/my\\ file rest"), "my file");
  EXPECT_EQ(name_of(""), "");
  EXPECT_EQ(name_of("dir/"), "");
  EXPECT_EQ(name_of("a-very-long-name-of-a-file").size(), 16u);
}

TEST(BootName, Dirinfo)
{
  char buffer[32];
  l4_size_t const n = dirinfo_line(buffer, "hello.cfg!", 10);
  EXPECT_EQ(std::string(buffer, n), "10:hello.cfg!\n");
  EXPECT_EQ(dirinfo_line(nullptr, "hello.cfg!", 10), n);
}

std::string log_text;
void output(char const *text, l4_size_t length)
{
  EXPECT_LE(length, 488u);
  log_text.append(text, length);
}

TEST(LogLine, TagsLines)
{
  log_text.clear();
  Log_line a("hello", 5, 0), b("a-longer-tag", 12, 2);
  a.write("one\ntwo\n", 8, output);
  b.write("red\n", 4, output);
  a.write("half ", 5, output);
  a.write("line", 4, output);
  b.write("me!\n", 4, output);
  a.write("stop\0here", 9, output);
  a.write("\n", 1, output);
  a.write("", 0, output);
  EXPECT_EQ(log_text, "hello   | one\nhello   | two\n"
                      "\033[32ma-longer\033[0m| red\n"
                      "hello   | half line\n"
                      "\033[32ma-longer\033[0m: me!\n"
                      "hello   | stop\n");
}

TEST(LogLine, LongTextIsCutIntoMessages)
{
  log_text.clear();
  Log_line a("x", 1, 0);
  std::string const text(3000, 'y');
  a.write(text.data(), text.size(), output);
  a.write("\n", 1, output);
  EXPECT_EQ(log_text, "x       | " + text + "\n");
}

TEST(LogLine, Colours)
{
  EXPECT_EQ(Log_line::colour("red", 3), 1);
  EXPECT_EQ(Log_line::colour("Y", 1), 11);
  EXPECT_EQ(Log_line::colour("15", 2), 15);
  EXPECT_EQ(Log_line::colour("16", 2), -1);
  EXPECT_EQ(Log_line::colour("x", 1), -1);
  EXPECT_EQ(Log_line::colour("", 0), -1);
}

} // namespace

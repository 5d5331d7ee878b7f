// SPDX-License-Identifier: MIT
#include "line_editor.h"

#include <gtest/gtest.h>

#include <string>

using Ned_prompt::Line_editor;

namespace {

/// Shows what a screen would: one line, rewritten by carriage returns.
struct Screen final : Line_editor::Terminal {
  std::string out, names;
  void write(char const *text, size_t length) override { out.append(text, length); }
  size_t complete(char const *text, size_t length, char *buffer, size_t size) override
  {
    asked.assign(text, length);
    return names.copy(buffer, size);
  }
  std::string asked;
};

class Editor : public testing::Test {
protected:
  Screen screen;
  Line_editor editor{&screen, "> "};

  void SetUp() override { editor.begin(); }
  /// Type keys; what the line is after the first Enter, or now.
  std::string type(std::string const &keys)
  {
    std::string entered;
    bool ended = false;
    for (char c : keys) {
      if (!editor.key(c)) continue;
      if (!ended) entered = editor.line();
      ended = true;
      editor.begin();
    }
    return ended ? entered : editor.line();
  }
};

} // namespace

TEST_F(Editor, TextAndEnter)
{
  EXPECT_EQ(type("abc\r"), "abc");
  EXPECT_EQ(screen.out, "\r> \x1b[Kabc\r\n\r> \x1b[K");
  EXPECT_EQ(type("x\n"), "x");
}

TEST_F(Editor, ReturnAndNewlineAreOneKey)
{
  EXPECT_EQ(type("a\r\nb\r\n"), "a");
  EXPECT_EQ(type("\x10"), "b"); // no empty line in between
}

TEST_F(Editor, CursorKeysAndDeletion)
{
  EXPECT_EQ(type("ac\x1b[Db"), "abc");
  EXPECT_EQ(type("\x7f"), "ac");
  EXPECT_EQ(type("\x1b[3~"), "a");
  EXPECT_EQ(type("\x1b[3~\x1b[C\x1b[C"), "a"); // nothing behind the end
  EXPECT_EQ(type("\x01z\x05y"), "zay");
  EXPECT_EQ(type("\x1bOHq\x1bOFr"), "qzayr");
  EXPECT_EQ(type("\x02\x02\x0b"), "qza");
  EXPECT_EQ(type("\x08"), "qz");
  EXPECT_EQ(type("\x02\x15"), "z");
}

TEST_F(Editor, WordsAndWholeLines)
{
  EXPECT_EQ(type("one L4.Env"), "one L4.Env");
  EXPECT_EQ(type("\x17"), "one L4.");
  EXPECT_EQ(type("\x17"), "one ");
  EXPECT_EQ(type("two\x03"), "");
  EXPECT_NE(screen.out.find("^C"), std::string::npos);
}

TEST_F(Editor, HistoryWithoutBlanksAndRepetitions)
{
  type("first\r   \rsecond\rsecond\r");
  EXPECT_EQ(type("\x1b[A"), "second");
  EXPECT_EQ(type("\x1b[A"), "first");
  EXPECT_EQ(type("\x1b[A"), "first"); // there is no older one
  EXPECT_EQ(type("\x1b[B"), "second");
  EXPECT_EQ(type("\x1b[B"), "");
  EXPECT_EQ(type("\x10!\r"), "second!");
}

TEST_F(Editor, HistoryKeepsTheLast32Lines)
{
  for (int i = 0; i < 40; ++i)
    type(std::to_string(i) + "\r");
  EXPECT_EQ(type(std::string(50, '\x10')), "8");
}

TEST_F(Editor, LongLinesRingTheBell)
{
  EXPECT_EQ(type(std::string(Line_editor::Max_line + 5, 'x')).size(), Line_editor::Max_line);
  EXPECT_EQ(screen.out.back(), '\a');
  EXPECT_EQ(type("\r").size(), Line_editor::Max_line);
  EXPECT_EQ(type("\x10").size(), Line_editor::Max_line);
}

TEST_F(Editor, CompletionInsertsWhatIsCommon)
{
  screen.names = "ro\nrom";
  EXPECT_EQ(type("L4.Env.ro\t"), "L4.Env.rom");
  EXPECT_EQ(screen.asked, "L4.Env.ro");
  screen.names = "s\nstart\nstartv\nstart_backtracer";
  EXPECT_EQ(type("\x15s\t"), "start");
  screen.names = "start\nstart\nstartv\nstart_backtracer";
  screen.out.clear();
  EXPECT_EQ(type("\t"), "start");
  EXPECT_EQ(screen.out, "\r\nstart  startv  start_backtracer\r\n\r> start\x1b[K");
}

TEST_F(Editor, CompletionInTheMiddleAndWithoutNames)
{
  screen.names = "f\nfoo";
  EXPECT_EQ(type("f()\x02\x02\t"), "foo()");
  screen.names = "";
  screen.out.clear();
  EXPECT_EQ(type("\t"), "foo()");
  EXPECT_EQ(screen.out, "\a");
}

TEST_F(Editor, UnknownKeysAndSequencesDoNothing)
{
  EXPECT_EQ(type("a\x1b[15~\x1b[Z\x1bx\x1c\x1b[1;5Cb"), "ab");
}

// SPDX-License-Identifier: MIT
#include "mux.h"

#include <gtest/gtest.h>

#include <string>

using namespace Cons;

namespace {

/// The text without colours, and with cleared prompts removed.
std::string plain(std::string text)
{
  for (size_t i; (i = text.find("\033[")) != text.npos;) {
    size_t const end = text.find_first_of("mK", i);
    bool const clears = text[end] == 'K';
    size_t begin = i;
    if (clears) {
      begin = text.rfind('\n', i);
      begin = begin == text.npos ? 0 : begin + 1;
    }
    text.erase(begin, end + 1 - begin);
  }
  return text;
}

struct Test_screen : Screen {
  std::string text;
  uint64_t time = 0;
  void write(char const *part, size_t length) override { text.append(part, length); }
  uint64_t now() override { return time; }
};

struct Test_client : Client {
  using Client::Client;
  unsigned notified = 0;
  void notify() override { ++notified; }
};

struct Cons_test : testing::Test {
  Test_screen screen;
  Mux mux{&screen, "cons"};
  Test_client one{"one", 2, options()}, two{"two", 12, options()};

  Cons_test()
  {
    mux.add(&one);
    mux.add(&two);
  }
  static Client_options options()
  {
    Client_options o;
    o.show = true;
    o.buffer_size = 64;
    return o;
  }
  void write(Client &client, std::string const &text)
  {
    mux.written(&client, text.data(), text.size());
  }
  void type(std::string const &text)
  {
    for (char c : text)
      mux.key(c);
  }
  /// What came since the last time.
  std::string shown()
  {
    std::string const result = plain(screen.text);
    screen.text.clear();
    return result;
  }
  std::string read(Client &client)
  {
    char buffer[200];
    return {buffer, client.read(buffer, sizeof(buffer))};
  }
};

} // namespace

TEST_F(Cons_test, lines_have_names)
{
  write(one, "hello\nwor");
  write(two, "other\n");
  write(one, "ld\n");
  EXPECT_EQ(shown(), "one     | hello\ntwo     | other\none     | world\ncons> ");
}

TEST_F(Cons_test, unfinished_lines_appear_after_a_while)
{
  write(one, "name? ");
  EXPECT_EQ(shown(), "");
  screen.time = 40'000;
  EXPECT_EQ(mux.flush(50'000), 50'000u);
  EXPECT_EQ(shown(), "");
  screen.time = 50'000;
  EXPECT_EQ(mux.flush(50'000), 0u);
  EXPECT_EQ(shown(), "one     | name? ");
  write(two, "x\n");
  EXPECT_EQ(shown(), "\ntwo     | x\ncons> ");
}

TEST_F(Cons_test, hidden_output_is_kept)
{
  one.options.show = false;
  write(one, "1\n2\n3\n");
  EXPECT_EQ(shown(), "");
  type("tail o 2\r");
  EXPECT_EQ(shown(), "\n2\n3\ncons> ");
  type("grep 2\r");
  EXPECT_NE(shown().find("one     | 2\n"), std::string::npos);
}

TEST_F(Cons_test, history_forgets_the_oldest)
{
  one.options.show = false;
  for (int i = 0; i < 100; ++i)
    write(one, std::to_string(i) + "\n");
  EXPECT_EQ(one.history.size(), 64u);
  type("cat one\r");
  std::string const text = shown();
  EXPECT_EQ(text.find("\n50\n"), std::string::npos);
  EXPECT_NE(text.find("\n98\n99\n"), std::string::npos);
}

TEST_F(Cons_test, typed_text_goes_to_the_attached_client)
{
  type("connect two\r");
  EXPECT_EQ(mux.attached(), &two);
  type("ab\005ec");
  EXPECT_EQ(read(two), "ab\005c");
  EXPECT_EQ(two.notified, 1u);
  EXPECT_EQ(read(one), "");
  shown();
  write(two, "raw");
  write(one, "tagged\n");
  EXPECT_EQ(shown(), "raw\none     | tagged\n");
  type("\005.");
  EXPECT_EQ(mux.attached(), nullptr);
  EXPECT_EQ(shown(), "--- detached ---\ncons> ");
}

TEST_F(Cons_test, a_key_attaches)
{
  two.options.key = '2';
  type("\0052x");
  EXPECT_EQ(mux.attached(), &two);
  EXPECT_EQ(read(two), "x");
  type("\005h");
  EXPECT_FALSE(one.options.show);
  type("\005s");
  EXPECT_TRUE(one.options.show);
}

TEST_F(Cons_test, who_does_not_read_loses_what_is_typed)
{
  type("c one\r" + std::string(200, 'x'));
  EXPECT_EQ(read(one), std::string(128, 'x'));
  EXPECT_EQ(one.notified, 1u);
}

TEST_F(Cons_test, programs_that_end)
{
  one.options.keep = true;
  write(one, "last words");
  EXPECT_FALSE(mux.dropped(&one));
  EXPECT_TRUE(mux.dropped(&two));
  EXPECT_EQ(mux.find("two"), nullptr);
  shown();
  type("list\r");
  EXPECT_NE(shown().find("one              shown  keep ended"), std::string::npos);
  type("tail one\rdrop one\rlist\r");
  std::string const text = shown();
  EXPECT_NE(text.find("last words\n"), std::string::npos);
  EXPECT_NE(text.find("No client\n"), std::string::npos);
}

TEST_F(Cons_test, the_prompt_steps_aside)
{
  mux.start();
  type("lis");
  EXPECT_EQ(shown(), "cons> lis");
  write(one, "x\n");
  EXPECT_EQ(shown(), "one     | x\ncons> lis");
  type("\177\177ist\r");
  EXPECT_NE(shown().find("  two              shown"), std::string::npos);
}

TEST_F(Cons_test, mistakes)
{
  type("lsit\rconnect three\rshow\rgrep\r");
  std::string const text = shown();
  for (char const *message :
       {"There is no command 'lsit'; help lists them", "There is no client 'three'",
        "Say which client: show NAME", "Say what to look for: grep TEXT [NAME]"})
    EXPECT_NE(text.find(message), std::string::npos) << message;
  type(std::string(500, 'x') + "\r"); // longer than a command can be
  type("help\r");
  EXPECT_NE(shown().find("connect NAME"), std::string::npos);
}

TEST_F(Cons_test, names_and_colours)
{
  EXPECT_EQ(mux.find("on"), &one);
  Test_client other("ones", 1, options());
  mux.add(&other);
  EXPECT_EQ(mux.find("on"), nullptr);
  EXPECT_EQ(mux.find("one"), &one);
  EXPECT_EQ(mux.find(""), nullptr);
  EXPECT_EQ(colour_of("green"), 2u);
  EXPECT_EQ(colour_of("Blue"), 12u);
  EXPECT_EQ(colour_of("9"), 9u);
  EXPECT_EQ(colour_of("?"), 7u);
}

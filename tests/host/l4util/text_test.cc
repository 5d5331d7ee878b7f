// SPDX-License-Identifier: MIT
// Output through the debugger, sizes, keys, base64.
#include "../l4sys/fake_kernel.h"

#include <l4/sys/kdebug.h>
#include <l4/util/base64.h>
#include <l4/util/keymap.h>
#include <l4/util/kprintf.h>
#include <l4/util/printf_helpers.h>

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <gtest/gtest.h>
#include <string>

namespace {

/// What was printed through the debugger.
std::string printed(Fake_kernel const &kernel)
{
  std::string all;
  for (auto const &call : kernel.log) {
    EXPECT_EQ(call.cap(), +L4_BASE_DEBUGGER_CAP);
    EXPECT_EQ(call.words[0], +L4_KDEBUG_OUTNSTRING);
    all.append(reinterpret_cast<char const *>(&call.words[2]), call.words[1]);
  }
  return all;
}

/// The library says the same as this machine's C library.
[[gnu::format(printf, 1, 2)]] void same(char const *fmt, ...)
{
  char expected[300];
  va_list list;
  va_start(list, fmt);
  vsnprintf(expected, sizeof(expected), fmt, list);
  va_end(list);
  Fake_kernel kernel;
  // Six arguments of any integer or pointer type pass through as words.
  va_start(list, fmt);
  unsigned long w[6];
  for (unsigned long &word : w)
    word = va_arg(list, unsigned long);
  va_end(list);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
  int const n = l4_kprintf(fmt, w[0], w[1], w[2], w[3], w[4], w[5]);
#pragma GCC diagnostic pop
  EXPECT_EQ(printed(kernel), expected) << fmt;
  EXPECT_EQ(n, static_cast<int>(strlen(expected))) << fmt;
}

#pragma GCC diagnostic ignored "-Wformat-extra-args"
#define SAME(...) same(__VA_ARGS__, 0L, 0L, 0L, 0L, 0L, 0L)

TEST(Kprintf, is_like_printf)
{
  SAME("plain");
  SAME("%d %i %u", -5, 7, 3000000000U);
  SAME("%ld %lu %lx", -1L << 62, ~0UL, 0xfeedUL);
  SAME("%lld %llX", (-9223372036854775807LL - 1), 0xABCDEFULL);
  SAME("%5d|%-5d|%05d|%5d|", 42, 42, -42, -42);
  SAME("%*d|%*d|", 6, 1, -6, 1);
  SAME("%s %10s|%-10s|", "a", "b", "c");
  SAME("%c%c%%", 'x', 'y');
  SAME("%08lx", 0x1234UL);
  SAME("%p", reinterpret_cast<void *>(0x5678UL));
  SAME("%hd %hhd %hu %hhu", static_cast<short>(-3), static_cast<signed char>(-3), 0xffff, 255);
  SAME("%zu", sizeof(long));
}

TEST(Kprintf, cuts_long_texts_and_survives_odd_formats)
{
  std::string const text(400, 'z');
  {
    Fake_kernel kernel;
    EXPECT_EQ(l4_kprintf("%s", text.c_str()), 255);
    EXPECT_EQ(printed(kernel), text.substr(0, 255));
  }
  Fake_kernel kernel;
  char const *volatile odd = "%q%";
#pragma GCC diagnostic ignored "-Wformat-security"
  l4_kprintf(odd);
  EXPECT_EQ(printed(kernel), "%q%");
}

std::string size(unsigned long long value)
{
  char text[32];
  int const n = l4util_human_readable_size(text, sizeof(text), value);
  EXPECT_EQ(n, static_cast<int>(strlen(text)));
  return text;
}

TEST(Sizes, have_units)
{
  EXPECT_EQ(size(0), "0 B");
  EXPECT_EQ(size(1023), "1023 B");
  EXPECT_EQ(size(1024), "1 KiB");
  EXPECT_EQ(size(1536), "1.5 KiB");
  EXPECT_EQ(size(1024 * 1024 - 1), "1023.99 KiB");
  EXPECT_EQ(size(3ULL << 30 | 1ULL << 28), "3.25 GiB");
  EXPECT_EQ(size(~0ULL), "15.99 EiB");
  EXPECT_EQ(size((1 << 20) + (5 << 10) * 11), "1.05 MiB");
  char small[4];
  EXPECT_EQ(l4util_human_readable_size(small, sizeof(small), 1536), 7);
  EXPECT_STREQ(small, "1.5");
  EXPECT_EQ(l4util_human_readable_size(nullptr, 0, 1536), 7);
}

TEST(Keymap, characters_of_keys)
{
  EXPECT_EQ(l4util_map_event_to_keymap(30, 0), 'a');
  EXPECT_EQ(l4util_map_event_to_keymap(30, 1), 'A');
  EXPECT_EQ(l4util_map_event_to_keymap(2, 0), '1');
  EXPECT_EQ(l4util_map_event_to_keymap(2, 1), '!');
  EXPECT_EQ(l4util_map_event_to_keymap(11, 1), ')');
  EXPECT_EQ(l4util_map_event_to_keymap(28, 0), '\n');
  EXPECT_EQ(l4util_map_event_to_keymap(57, 0), ' ');
  EXPECT_EQ(l4util_map_event_to_keymap(53, 1), '?');
  EXPECT_EQ(l4util_map_event_to_keymap(43, 0), '\\');
  EXPECT_EQ(l4util_map_event_to_keymap(71, 0), '7');
  EXPECT_EQ(l4util_map_event_to_keymap(83, 0), '.');
  EXPECT_EQ(l4util_map_event_to_keymap(42, 0), 0); // shift itself
  EXPECT_EQ(l4util_map_event_to_keymap(59, 0), 0); // F1
  EXPECT_EQ(l4util_map_event_to_keymap(~0U, 0), 0);
}

} // namespace

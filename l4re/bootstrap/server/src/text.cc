// SPDX-License-Identifier: MIT
#include "text.h"

namespace boot {
namespace {

constexpr bool is_blank(char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

constexpr int digit_value(char c)
{
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

constexpr unsigned unit_shift(char c)
{
  switch (c | 0x20) {
  case 'k':
    return 10;
  case 'm':
    return 20;
  case 'g':
    return 30;
  default:
    return 0;
  }
}

} // namespace

Text next_word(Text &rest)
{
  size_t begin = 0;
  while (begin < rest.size && is_blank(rest.data[begin]))
    ++begin;
  size_t end = begin;
  while (end < rest.size && !is_blank(rest.data[end]))
    ++end;
  Text word{rest.data + begin, end - begin};
  rest = rest.from(end);
  return word;
}

Text base_name(Text command_line)
{
  Text name = next_word(command_line);
  for (size_t i = name.size; i > 0; --i)
    if (name.data[i - 1] == '/') return name.from(i);
  return name;
}

bool parse_number(Text text, uint64_t &value)
{
  unsigned base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text = text.from(2);
  }
  if (text.empty()) return false;

  uint64_t number = 0;
  for (size_t i = 0; i < text.size; ++i) {
    unsigned digit = digit_value(text.data[i]);
    if (digit >= base) return false;
    if (__builtin_mul_overflow(number, base, &number)) return false;
    if (__builtin_add_overflow(number, digit, &number)) return false;
  }
  value = number;
  return true;
}

bool parse_size(Text text, uint64_t &value)
{
  unsigned shift = text.empty() ? 0 : unit_shift(text.data[text.size - 1]);
  if (shift != 0) --text.size;
  uint64_t number;
  if (!parse_number(text, number) || number << shift >> shift != number) return false;
  value = number << shift;
  return true;
}

} // namespace boot

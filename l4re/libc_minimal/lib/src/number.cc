// SPDX-License-Identifier: MIT
#include <ctype.h>
#include <stdlib.h>

namespace {

/// Value of a digit in bases up to 36; 36 for other characters.
unsigned digit(char c)
{
  if (isdigit(c)) return static_cast<unsigned>(c - '0');
  if (isalpha(c)) return static_cast<unsigned>(tolower(c) - 'a' + 10);
  return 36;
}

} // namespace

extern "C" unsigned long strtoul(char const *s, char **end, int base)
{
  char const *p = s;
  while (isspace(*p))
    ++p;
  bool const negative = *p == '-';
  if (*p == '-' || *p == '+') ++p;
  if ((base == 0 || base == 16) && p[0] == '0' && tolower(p[1]) == 'x' && digit(p[2]) < 16) {
    p += 2;
    base = 16;
  } else if (base == 0)
    base = *p == '0' ? 8 : 10;

  unsigned long value = 0;
  bool overflow = false, any = false;
  for (; digit(*p) < static_cast<unsigned>(base); ++p, any = true)
    overflow |= __builtin_mul_overflow(value, static_cast<unsigned long>(base), &value) |
                __builtin_add_overflow(value, static_cast<unsigned long>(digit(*p)), &value);
  if (end) *end = const_cast<char *>(any ? p : s);
  if (overflow) return ~0UL;
  return negative ? -value : value;
}

extern "C" long strtol(char const *s, char **end, int base)
{
  return static_cast<long>(strtoul(s, end, base));
}

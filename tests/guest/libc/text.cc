// SPDX-License-Identifier: MIT
#include <l4/libtap/tap.h>

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

namespace {

char buffer[256];

#define CHECK_PRINT(expected, ...)                                                                 \
  do {                                                                                             \
    snprintf(buffer, sizeof(buffer), __VA_ARGS__);                                                 \
    if (!CHECK(!strcmp(buffer, expected)))                                                         \
      printf("# got '%s', expected '%s'\n", buffer, expected);                                     \
  } while (0)

CASE("C11 7.21.6.1", "printf knows every integer and string format")
{
  CHECK_PRINT("0|-1|4294967295|0xff|0377", "%d|%i|%u|%#x|%#o", 0, -1, -1U, 255, 255);
  CHECK_PRINT("   42|00042|42   |+42| 42", "%5d|%05d|%-5d|%+d|% d", 42, 42, 42, 42, 42);
  CHECK_PRINT("-9223372036854775808 18446744073709551615", "%lld %llu", LLONG_MIN, ULLONG_MAX);
  CHECK_PRINT("-1 255 -1 65535 7 8 9", "%hhd %hhu %hd %hu %zu %jd %td", -1, 255, -1, 65535,
              size_t(7), intmax_t(8), ptrdiff_t(9));
  CHECK_PRINT("abc|ab|  abc|abc  |%", "%s|%.2s|%5s|%-5s|%%", "abc", "abc", "abc", "abc");
  CHECK_PRINT("x 0x1234", "%c %p", 'x', reinterpret_cast<void *>(0x1234));
  CHECK_PRINT("b a", "%2$s %1$s", "a", "b");
  int n = 0;
  CHECK_PRINT("1234", "12%n34", &n);
  CHECK_EQ(n, 2);
}

CASE("C11 7.21.6.1", "printf knows every floating point format")
{
  CHECK_PRINT("3.141593 3.14 3e+00 1e-10 0.1", "%f %.2f %.0e %g %g", M_PI, M_PI, M_PI, 1e-10, 0.1);
  CHECK_PRINT("inf -inf nan", "%f %f %f", INFINITY, -INFINITY, NAN);
  CHECK_PRINT("0x1.8p+1", "%a", 3.0);
  CHECK_PRINT("2.718281828459045235", "%.18Lf", 2.718281828459045235360L);
  CHECK_PRINT("1.7976931348623157e+308", "%.17g", 1.7976931348623157e308);
}

CASE("C11 7.21.6.2", "sscanf and strtod read back what printf wrote")
{
  int i = 0;
  double d = 0;
  char word[8] = {};
  CHECK_EQ(sscanf("17 3.25 hello", "%d %lf %7s", &i, &d, word), 3);
  CHECK_EQ(i, 17);
  CHECK(d == 3.25);
  CHECK(!strcmp(word, "hello"));
  CHECK(strtod("1e400", nullptr) == HUGE_VAL);
  CHECK_EQ(errno, ERANGE);
  CHECK_EQ(strtoul("0x10z", nullptr, 0), 16);
}

CASE("C11 7.27", "calendar time is computed")
{
  time_t const t = 1000000000;
  struct tm tm;
  CHECK(gmtime_r(&t, &tm) == &tm);
  strftime(buffer, sizeof(buffer), "%Y-%m-%d %H:%M:%S", &tm);
  CHECK(!strcmp(buffer, "2001-09-09 01:46:40"));
  CHECK_EQ(mktime(&tm), t);
}

CASE("C11 7.24", "string functions work at all lengths and alignments")
{
  char a[80], b[80];
  for (unsigned offset = 0; offset < 9; ++offset)
    for (unsigned length = 0; length < 66; ++length) {
      memset(a, 'a', sizeof(a));
      memset(b, 'b', sizeof(b));
      memcpy(a + offset, b, length);
      bool ok = a[offset + length] == 'a';
      for (unsigned i = 0; i < length; ++i)
        ok = ok && a[offset + i] == 'b';
      memmove(b + 1, b, length);
      if (!ok) CHECK_EQ(offset, length);
    }
  CHECK_EQ(strlen("hello"), 5);
  CHECK(strcmp("abc", "abd") < 0);
  CHECK(!strcmp(strerror(ENOENT), "No such file or directory"));
}

} // namespace

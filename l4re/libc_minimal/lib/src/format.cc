// SPDX-License-Identifier: MIT
#include "format.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

namespace Libc_minimal {

namespace {

/// Digits of a 64-bit number in base 8, the longest of ours, and a bit.
constexpr unsigned Max_digits = 24;

/// One conversion specification.
struct Spec {
  bool left = false, zero = false, plus = false, space = false, alternate = false;
  int width = 0;
  int precision = -1; ///< -1: not given
  int length = 0;     ///< -2 char, -1 short, 0 int, 1 long and all other 64-bit types
};

/// Conversions of numbers without a sign, by their letters; the prefix is for the form with `#`.
struct Unsigned {
  char letter;
  unsigned base;
  char const *prefix, *digits;
};

constexpr Unsigned unsigned_numbers[] = {
    {'u', 10, "", "0123456789"},
    {'o', 8, "0", "0123456789"},
    {'x', 16, "0x", "0123456789abcdef"},
    {'X', 16, "0X", "0123456789ABCDEF"},
};

class Formatter {
public:
  explicit Formatter(Sink &sink) : _sink(sink) {}

  int run(char const *fmt, va_list args)
  {
    va_list ap;
    va_copy(ap, args);
    while (*fmt) {
      size_t const plain = static_cast<size_t>(strchr_or_end(fmt, '%') - fmt);
      put(fmt, plain);
      fmt += plain;
      if (*fmt) fmt = conversion(fmt + 1, ap);
    }
    va_end(ap);
    return static_cast<int>(_count);
  }

private:
  static char const *strchr_or_end(char const *s, char c)
  {
    while (*s && *s != c)
      ++s;
    return s;
  }

  void put(char const *text, size_t length)
  {
    if (length) _sink.put(text, length);
    _count += length;
  }

  void pad(char c, int n)
  {
    for (; n > 0; --n)
      put(&c, 1);
  }

  /// Parse one conversion behind its `%` and carry it out; \return what follows it.
  char const *conversion(char const *f, va_list &ap)
  {
    Spec s;
    f = parse(f, s, ap);
    for (Unsigned const &u : unsigned_numbers)
      if (*f == u.letter) {
        number(s, fetch_unsigned(s, ap), u.base, s.alternate ? u.prefix : "", u.digits);
        return f + 1;
      }
    switch (*f) {
    case 'd':
    case 'i':
      signed_number(s, fetch_signed(s, ap));
      break;
    case 'p':
      number(s, reinterpret_cast<uintptr_t>(va_arg(ap, void *)), 16, "0x", "0123456789abcdef");
      break;
    case 'c': {
      char const c = static_cast<char>(va_arg(ap, int));
      text(s, &c, 1);
      break;
    }
    case 's': {
      char const *p = va_arg(ap, char const *);
      p = p ? p : "(null)";
      text(s, p, s.precision >= 0 ? strnlen(p, static_cast<size_t>(s.precision)) : strlen(p));
      break;
    }
    case '%':
      put("%", 1);
      break;
    case '\0':
      return f;
    default:
      put(f - 1, 2);
      break;
    }
    return f + 1;
  }

  static char const *parse(char const *f, Spec &s, va_list &ap)
  {
    for (;; ++f) {
      switch (*f) {
      case '-':
        s.left = true;
        continue;
      case '0':
        s.zero = true;
        continue;
      case '+':
        s.plus = true;
        continue;
      case ' ':
        s.space = true;
        continue;
      case '#':
        s.alternate = true;
        continue;
      default:
        break;
      }
      break;
    }
    f = parse_number(f, s.width, ap);
    if (s.width < 0) {
      s.left = true;
      s.width = -s.width;
    }
    if (*f == '.') {
      s.precision = 0;
      f = parse_number(f + 1, s.precision, ap);
    }
    for (;; ++f) {
      if (*f == 'l' || *f == 'z' || *f == 'j' || *f == 't')
        s.length = 1;
      else if (*f == 'h')
        --s.length;
      else
        return f;
    }
  }

  static char const *parse_number(char const *f, int &value, va_list &ap)
  {
    if (*f == '*') {
      value = va_arg(ap, int);
      return f + 1;
    }
    for (; isdigit(*f); ++f)
      value = value * 10 + (*f - '0');
    return f;
  }

  static uint64_t fetch_unsigned(Spec const &s, va_list &ap)
  {
    if (s.length > 0) return va_arg(ap, uint64_t);
    unsigned const v = va_arg(ap, unsigned);
    return s.length == 0    ? v
           : s.length == -1 ? static_cast<unsigned short>(v)
                            : static_cast<unsigned char>(v);
  }

  static int64_t fetch_signed(Spec const &s, va_list &ap)
  {
    if (s.length > 0) return va_arg(ap, int64_t);
    int const v = va_arg(ap, int);
    return s.length == 0 ? v : s.length == -1 ? static_cast<short>(v) : static_cast<signed char>(v);
  }

  void text(Spec const &s, char const *p, size_t length)
  {
    int const fill = s.width - static_cast<int>(length);
    if (!s.left) pad(' ', fill);
    put(p, length);
    if (s.left) pad(' ', fill);
  }

  void signed_number(Spec const &s, int64_t v)
  {
    char const *sign = v < 0 ? "-" : s.plus ? "+" : s.space ? " " : "";
    number(s, v < 0 ? -static_cast<uint64_t>(v) : static_cast<uint64_t>(v), 10, sign, "0123456789");
  }

  void number(Spec const &s, uint64_t v, unsigned base, char const *prefix, char const *digits)
  {
    char buffer[Max_digits];
    char *p = buffer + sizeof(buffer);
    for (; v; v /= base)
      *--p = digits[v % base];
    int n = static_cast<int>(buffer + sizeof(buffer) - p);
    int zeros = s.precision < 0 ? !n : s.precision - n;
    zeros = zeros > 0 ? zeros : 0;

    int const prefix_length = static_cast<int>(strlen(prefix));
    int fill = s.width - prefix_length - zeros - n;
    if (s.zero && !s.left && s.precision < 0 && fill > 0) {
      zeros += fill;
      fill = 0;
    }
    if (!s.left) pad(' ', fill);
    put(prefix, static_cast<size_t>(prefix_length));
    pad('0', zeros);
    put(p, static_cast<size_t>(n));
    if (s.left) pad(' ', fill);
  }

  Sink &_sink;
  size_t _count = 0;
};

} // namespace

int format(Sink &sink, char const *fmt, va_list args)
{
  return Formatter(sink).run(fmt, args);
}

} // namespace Libc_minimal

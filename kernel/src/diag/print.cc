// SPDX-License-Identifier: MIT
#include "diag/print.h"

#include "arch/arch.h"
#include "jdb/hooks.h"

#include <stdarg.h>

namespace {

void put(char c)
{
  if (c == '\n') platform::console_put('\r');
  platform::console_put(c);
}

void put_padded(char const *text, unsigned length, unsigned width, char fill)
{
  for (; width > length; --width)
    put(fill);
  for (unsigned i = 0; i < length; ++i)
    put(text[i]);
}

void put_number(Word value, unsigned base, bool negative, unsigned width, char fill)
{
  char digits[24];
  unsigned start = sizeof digits;
  do {
    digits[--start] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value);
  if (negative) digits[--start] = '-';
  put_padded(digits + start, sizeof digits - start, width, fill);
}

/// Print one conversion; returns the position behind it.
char const *convert(char const *p, va_list *args)
{
  char fill = *p == '0' ? '0' : ' ';
  unsigned width = 0;
  for (; *p >= '0' && *p <= '9'; ++p)
    width = width * 10 + (*p - '0');
  bool wide = false;
  for (; *p == 'l' || *p == 'z'; ++p)
    wide = true;
  switch (*p) {
  case 's': {
    char const *text = va_arg(*args, char const *);
    put_padded(text, __builtin_strlen(text), width, ' ');
    break;
  }
  case 'c': put(char(va_arg(*args, int))); break;
  case 'd':
  case 'u':
  case 'x': {
    i64 value = wide ? va_arg(*args, i64) : va_arg(*args, int);
    bool negative = *p == 'd' && value < 0;
    if (!wide && *p != 'd') value = u32(value);
    put_number(negative ? -Word(value) : value, *p == 'x' ? 16 : 10, negative, width, fill);
    break;
  }
  case 'p': put_number(va_arg(*args, u64), 16, false, 16, '0'); break;
  case 0: return p;
  default: put(*p);
  }
  return p + 1;
}

void print(char const *p, va_list *args)
{
  while (*p)
    if (*p == '%')
      p = convert(p + 1, args);
    else
      put(*p++);
}

} // namespace

void kprintf(char const *format, ...)
{
  va_list args;
  va_start(args, format);
  print(format, &args);
  va_end(args);
}

void panic(char const *format, ...)
{
  kprintf("\nKERNEL PANIC: ");
  va_list args;
  va_start(args, format);
  print(format, &args);
  va_end(args);
  kprintf("\n");
  if constexpr (Debug_kernel) jdb::panicked();
  arch::halt_forever();
}

// SPDX-License-Identifier: MIT
#include <l4/sys/kdebug.h>
#include <l4/util/kprintf.h>
#include <l4/util/printf_helpers.h>

#include <stdarg.h>

/** Text under construction; what does not fit is counted and dropped. */
struct out {
  char *text;
  unsigned room;
  unsigned length;
};

/** One conversion: %[flags][width][length]type. */
struct format {
  int left, zero;
  unsigned width;
  int longs; /* 2, 1, 0: long long or size_t, long, int; -1 short, -2 char */
  char type;
};

static void put(struct out *o, char c)
{
  if (o->length < o->room) o->text[o->length] = c;
  ++o->length;
}

static void put_padded(struct out *o, struct format const *f, char const *text, unsigned n)
{
  unsigned const pad = f->width > n ? f->width - n : 0;
  if (!f->left)
    for (unsigned i = 0; i < pad; ++i)
      put(o, ' ');
  for (unsigned i = 0; i < n; ++i)
    put(o, text[i]);
  if (f->left)
    for (unsigned i = 0; i < pad; ++i)
      put(o, ' ');
}

static void put_number(struct out *o, struct format *f, unsigned long long value, int negative,
                       unsigned base)
{
  char digits[24];
  unsigned at = sizeof(digits);
  char const *const set = f->type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
  do {
    digits[--at] = set[value % base];
    value /= base;
  } while (value);
  unsigned const signs = negative ? 1 : 0;
  if (f->zero && !f->left && f->width > sizeof(digits) - at + signs) {
    if (negative) put(o, '-');
    for (unsigned n = f->width - (sizeof(digits) - at) - signs; n; --n)
      put(o, '0');
    f->width = 0;
  } else if (negative)
    digits[--at] = '-';
  put_padded(o, f, digits + at, (unsigned)sizeof(digits) - at);
}

static long long signed_value(struct format const *f, va_list *list)
{
  if (f->longs >= 2) return va_arg(*list, long long);
  if (f->longs == 1) return va_arg(*list, long);
  int const v = va_arg(*list, int);
  return f->longs == -1 ? (short)v : f->longs == -2 ? (signed char)v : v;
}

static unsigned long long unsigned_value(struct format const *f, va_list *list)
{
  if (f->longs >= 2) return va_arg(*list, unsigned long long);
  if (f->longs == 1) return va_arg(*list, unsigned long);
  unsigned const v = va_arg(*list, unsigned);
  return f->longs == -1 ? (unsigned short)v : f->longs == -2 ? (unsigned char)v : v;
}

/** Read a conversion behind its '%'. \return the text behind it */
static char const *read_format(char const *s, struct format *f, va_list *list)
{
  *f = (struct format){0, 0, 0, 0, 0};
  for (; *s == '0' || *s == '-'; ++s)
    *(*s == '0' ? &f->zero : &f->left) = 1;
  if (*s == '*') {
    int const width = va_arg(*list, int);
    f->left |= width < 0;
    f->width = width < 0 ? 0U - (unsigned)width : (unsigned)width;
    ++s;
  }
  for (; *s >= '0' && *s <= '9'; ++s)
    f->width = f->width * 10 + (unsigned)(*s - '0');
  for (; *s == 'l' || *s == 'h' || *s == 'z'; ++s)
    f->longs += *s == 'l' ? 1 : *s == 'h' ? -1 : 2;
  f->type = *s;
  return *s ? s + 1 : s;
}

static void convert(struct out *o, struct format *f, va_list *list)
{
  char c;
  char const *s;
  long long v;
  switch (f->type) {
  case 'd':
  case 'i':
    v = signed_value(f, list);
    put_number(o, f, v < 0 ? 0ULL - (unsigned long long)v : (unsigned long long)v, v < 0, 10);
    break;
  case 'u':
    put_number(o, f, unsigned_value(f, list), 0, 10);
    break;
  case 'x':
  case 'X':
    put_number(o, f, unsigned_value(f, list), 0, 16);
    break;
  case 'p':
    put(o, '0');
    put(o, 'x');
    put_number(o, f, (l4_addr_t)va_arg(*list, void *), 0, 16);
    break;
  case 's':
    s = va_arg(*list, char const *);
    if (!s) s = "(null)";
    put_padded(o, f, s, (unsigned)__builtin_strlen(s));
    break;
  case 'c':
    c = (char)va_arg(*list, int);
    put_padded(o, f, &c, 1);
    break;
  default:
    put(o, '%');
    if (f->type && f->type != '%') put(o, f->type);
  }
}

static unsigned format_list(char *text, unsigned room, char const *fmt, va_list *list)
{
  struct out o = {text, room, 0};
  struct format f;
  while (*fmt) {
    if (*fmt != '%') {
      put(&o, *fmt++);
      continue;
    }
    fmt = read_format(fmt + 1, &f, list);
    convert(&o, &f, list);
  }
  return o.length;
}

int l4_kprintf(char const *fmt, ...) L4_NOTHROW
{
  char text[255];
  va_list list;
  va_start(list, fmt);
  unsigned n = format_list(text, sizeof(text), fmt, &list);
  va_end(list);
  if (n > sizeof(text)) n = sizeof(text);
  l4_kd_outnstring(text, n);
  return (int)n;
}

static unsigned format(char *text, unsigned room, char const *fmt, ...)
{
  va_list list;
  va_start(list, fmt);
  unsigned const n = format_list(text, room, fmt, &list);
  va_end(list);
  return n;
}

int l4util_human_readable_size(char *buf, int len, unsigned long long val) L4_NOTHROW
{
  static char const Units[] = " KMGTPE";
  unsigned const room = len > 0 ? (unsigned)len - 1 : 0;
  unsigned unit = 0;
  unsigned long long rest = 0;
  for (; val >= 1024; ++unit) {
    rest = val % 1024;
    val /= 1024;
  }
  unsigned const hundredths = (unsigned)(rest * 100 / 1024);
  unsigned n;
  if (!unit)
    n = format(buf, room, "%llu B", val);
  else if (!hundredths)
    n = format(buf, room, "%llu %ciB", val, Units[unit]);
  else if (hundredths % 10 == 0)
    n = format(buf, room, "%llu.%u %ciB", val, hundredths / 10, Units[unit]);
  else
    n = format(buf, room, "%llu.%02u %ciB", val, hundredths, Units[unit]);
  if (len > 0) buf[n < room ? n : room] = 0;
  return (int)n;
}

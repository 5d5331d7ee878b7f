// SPDX-License-Identifier: MIT
#include "print.h"

namespace boot {
namespace {

bool quiet;

void put_digits(uint64_t value, unsigned base, unsigned min_digits)
{
  char buffer[20];
  unsigned count = 0;
  do {
    buffer[count++] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value != 0 || count < min_digits);
  while (count > 0)
    put_char(buffer[--count]);
}

} // namespace

void set_quiet(bool value)
{
  quiet = value;
}
bool is_quiet()
{
  return quiet;
}

void begin_failure()
{
  put("bootstrap: cannot boot: ");
}

void put(Text text)
{
  for (size_t i = 0; i < text.size; ++i)
    put_char(text.data[i]);
}

void put(uint64_t decimal)
{
  put_digits(decimal, 10, 1);
}

void put(Hex number)
{
  put("0x");
  put_digits(number.value, 16, number.min_digits);
}

void put(Size size)
{
  if (size.bytes >= 10 * Mib)
    print(size.bytes / Mib, " MiB");
  else if (size.bytes >= 10 * 1024)
    print(size.bytes / 1024, " KiB");
  else
    print(size.bytes, " bytes");
}

void put(Range range)
{
  if (range.empty())
    print(Hex{range.start}, " (empty)");
  else
    print(Hex{range.start}, "-", Hex{range.end - 1});
}

} // namespace boot

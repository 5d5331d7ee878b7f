// SPDX-License-Identifier: MIT
/** Text under construction in a fixed buffer; what does not fit is dropped and marked. */
#pragma once

#include <l4/sys/l4int.h>

namespace Tap {

class Text {
public:
  Text &operator<<(char c)
  {
    if (_length < sizeof(_buffer) - 1) _buffer[_length++] = c;
    return *this;
  }
  Text &operator<<(char const *string)
  {
    while (*string)
      *this << *string++;
    return *this;
  }
  Text &decimal(l4_uint64_t value)
  {
    if (value >= 10) decimal(value / 10);
    return *this << char('0' + value % 10);
  }
  Text &hex(l4_uint64_t value)
  {
    *this << "0x";
    bool started = false;
    for (int shift = 60; shift >= 0; shift -= 4) {
      unsigned digit = value >> shift & 0xf;
      started |= digit || !shift;
      if (started) *this << "0123456789abcdef"[digit];
    }
    return *this;
  }
  /// As a reader wants it: hexadecimal, and signed decimal for small and negative values.
  Text &value(l4_uint64_t bits)
  {
    l4_int64_t number = l4_int64_t(bits);
    hex(bits);
    if (number > -100000 && number < 0) *this << " (-", decimal(l4_uint64_t(-number)), *this << ')';
    if (number > 9 && number < 100000) *this << " (", decimal(bits), *this << ')';
    return *this;
  }

  char const *data() const { return _buffer; }
  unsigned length() const { return _length; }
  void clear() { _length = 0; }

private:
  char _buffer[4096];
  unsigned _length = 0;
};

/// Write to the log capability, as many messages as it takes. The message registers are lost.
void write_log(char const *data, unsigned length);

} // namespace Tap

// SPDX-License-Identifier: MIT
#include "log_line.h"

#include <ctype.h>
#include <string.h>

namespace Moe {

namespace {

constexpr l4_size_t Buffer_size = 488; ///< what one message to the kernel log takes
constexpr l4_size_t Max_prefix = 32;
constexpr char Colours[] = "nrgybmcw"; ///< 0..7; capital letters: 8..15

} // namespace

Log_line const Log_line::_nobody(0);
Log_line const *Log_line::_last;

Log_line::Log_line(char const *tag, l4_size_t length, unsigned colour)
    : _length(static_cast<unsigned char>(length < Max_tag ? length : +Max_tag)),
      _colour(static_cast<unsigned char>(colour % 16))
{
  memcpy(_tag, tag, _length);
}

int Log_line::colour(char const *text, l4_size_t length)
{
  if (!length) return -1;
  if (isdigit(text[0])) {
    int n = 0;
    for (l4_size_t i = 0; i < length && isdigit(text[i]) && n < 16; ++i)
      n = n * 10 + (text[i] - '0');
    return n < 16 ? n : -1;
  }
  for (int i = 0; i < 8; ++i)
    if (tolower(text[0]) == Colours[i]) return isupper(text[0]) ? i + 8 : i;
  return -1;
}

l4_size_t Log_line::prefix(char *buffer, bool interrupts) const
{
  char *p = buffer;
  if (_colour) {
    memcpy(p, "\033[", 2);
    p += 2;
    if (_colour >= 8) {
      memcpy(p, "1;", 2);
      p += 2;
    }
    *p++ = '3';
    *p++ = static_cast<char>('0' + _colour % 8);
    *p++ = 'm';
  }
  for (unsigned i = 0; i < Shown_tag; ++i)
    *p++ = i < _length ? _tag[i] : ' ';
  if (_colour) {
    memcpy(p, "\033[0m", 4);
    p += 4;
  }
  *p++ = interrupts ? ':' : '|';
  *p++ = ' ';
  return static_cast<l4_size_t>(p - buffer);
}

void Log_line::write(char const *text, l4_size_t length, Output *output)
{
  char buffer[Buffer_size];
  l4_size_t used = 0;
  bool const interrupts = _last && _last != this;
  bool at_start = !_last || interrupts;
  if (interrupts && *text && length) buffer[used++] = '\n';

  for (l4_size_t i = 0; i < length && text[i]; ++i) {
    if (Buffer_size - used < Max_prefix + 2) {
      output(buffer, used);
      used = 0;
    }
    if (at_start) {
      used += prefix(buffer + used, interrupts && i == 0);
      at_start = false;
    }
    buffer[used++] = text[i];
    at_start = text[i] == '\n';
    _last = at_start ? nullptr : this;
  }
  if (used) output(buffer, used);
}

} // namespace Moe

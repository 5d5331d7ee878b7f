// SPDX-License-Identifier: MIT
#include "client.h"

#include <ctype.h>
#include <new>
#include <stdlib.h>
#include <string.h>

namespace Cons {

bool History::allocate(size_t size)
{
  _bytes = new (std::nothrow) char[size];
  _capacity = _bytes ? size : 0;
  return _bytes;
}

void History::append(char const *text, size_t length)
{
  if (!_capacity) return;
  for (size_t i = 0; i < length; ++i) {
    _bytes[(_begin + _used) % _capacity] = text[i];
    if (_used < _capacity)
      ++_used;
    else
      _begin = (_begin + 1) % _capacity;
  }
}

size_t History::tail(unsigned lines) const
{
  size_t i = _used;
  if (i && at(i - 1) == '\n') --i;
  for (; i; --i)
    if (at(i - 1) == '\n' && --lines == 0) break;
  return i;
}

Client::Client(char const *name, unsigned colour, Client_options const &options)
    : options(options), _colour(colour)
{
  strncpy(_name, name, Max_name);
  _name[Max_name] = 0;
  history.allocate(options.buffer_size);
}

bool Client::type(char c)
{
  if (gone || _count == sizeof(_typed)) return false;
  _typed[(_first + _count++) % sizeof(_typed)] = c;
  if (_count == 1) notify();
  return true;
}

size_t Client::read(char *buffer, size_t size)
{
  size_t const there = _count;
  for (size_t i = 0; i < size && _count; ++i) {
    buffer[i] = _typed[_first];
    _first = (_first + 1) % sizeof(_typed);
    --_count;
  }
  return there;
}

unsigned colour_of(char const *text)
{
  static constexpr char Letters[] = "nrgybmcw";
  if (isdigit(text[0])) return unsigned(atoi(text)) % 16;
  for (unsigned i = 0; i < 8; ++i)
    if (tolower(text[0]) == Letters[i]) return isupper(text[0]) ? i + 8 : i;
  return 7;
}

} // namespace Cons

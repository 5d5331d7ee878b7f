// SPDX-License-Identifier: MIT
#pragma once

#include "types.h"

namespace boot {

/// A borrowed piece of text; not NUL-terminated unless its maker says so.
struct Text {
  const char *data = "";
  size_t size = 0;

  constexpr Text() = default;
  constexpr Text(const char *string) : data(string), size(__builtin_strlen(string)) {}
  constexpr Text(const char *bytes, size_t length) : data(bytes), size(length) {}

  constexpr bool empty() const { return size == 0; }
  bool starts_with(Text prefix) const
  {
    return size >= prefix.size && __builtin_memcmp(data, prefix.data, prefix.size) == 0;
  }
  constexpr Text from(size_t position) const
  {
    return position < size ? Text(data + position, size - position) : Text();
  }
  friend bool operator==(Text a, Text b)
  {
    return a.size == b.size && __builtin_memcmp(a.data, b.data, a.size) == 0;
  }
};

/// Cut the first word (separated by blanks) off `rest`; an empty result means there is none.
Text next_word(Text &rest);

/// The name of a module: the last path component of the first word of its command line.
Text base_name(Text command_line);

/// Decimal or 0x... number. False if `text` is anything else or does not fit; `value` is then
/// unchanged.
bool parse_number(Text text, uint64_t &value);

/// The same with an optional unit K, M or G (powers of 1024) behind the number.
bool parse_size(Text text, uint64_t &value);

} // namespace boot

// SPDX-License-Identifier: MIT
/** A zero-terminated text that somebody else keeps; <l4/cxx/string> has ranges. */
#pragma once

namespace L4 {

class String {
public:
  /** \param text  Zero-terminated; "" for a null pointer. */
  String(char const *text = "") noexcept : _text(text ? text : "") {}

  unsigned length() const noexcept { return static_cast<unsigned>(__builtin_strlen(_text)); }
  char const *p_str() const noexcept { return _text; }
  operator char const *() const noexcept { return _text; }
  bool empty() const noexcept { return !*_text; }
  friend bool operator==(String const &l, String const &r) noexcept
  {
    return __builtin_strcmp(l._text, r._text) == 0;
  }

private:
  char const *_text;
};

} // namespace L4

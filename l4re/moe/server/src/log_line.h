// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/types.h>

namespace Moe {

/**
 * Marks the lines of one client on the common log (moe-ned-sigma0.md section 2.5).
 *
 * A line starts with the tag, padded to 8 characters and coloured, then `| `; or `: ` if the
 * client had to break into an unfinished line of another one, which is ended first.
 */
class Log_line {
public:
  static constexpr unsigned Max_tag = 32;
  static constexpr unsigned Shown_tag = 8;
  static constexpr unsigned Default_colour = 7;

  /// Where the text goes.
  using Output = void(char const *text, l4_size_t length);

  /// \param colour  0 none, 1..7 normal, 8..15 bright
  Log_line(char const *tag, l4_size_t length, unsigned colour);

  /// Print text up to its first NUL byte.
  void write(char const *text, l4_size_t length, Output *output);

  /// Colour from a number as text or a letter `nrgybmcw` / `NRGYBMCW`. \return 0..15, < 0 if
  /// unknown
  static int colour(char const *text, l4_size_t length);

private:
  l4_size_t prefix(char *buffer, bool interrupts) const;

  static Log_line const *_last; ///< who wrote last, null if the cursor is at the start of a line
  unsigned char _length;
  unsigned char _colour;
  char _tag[Max_tag];

public:
  ~Log_line()
  {
    // An unfinished line stays unfinished; nobody may take it for his own.
    if (_last == this) _last = &_nobody;
  }

private:
  explicit constexpr Log_line(int) : _length(0), _colour(0), _tag{} {}
  static Log_line const _nobody;
};

} // namespace Moe

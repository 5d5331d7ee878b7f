// SPDX-License-Identifier: MIT
// The debugger's side of the serial line.
#pragma once

#include "types/types.h"

namespace jdb {

/// Reading lines, and showing output a page at a time.
class Console {
public:
  static constexpr unsigned Line_length = 128;

  /// Wait for a character.
  static char read();
  /// Read a line with echo; Backspace and Ctrl-U correct it.
  static void read_line(char (&line)[Line_length]);

  /// A command begins its output. Without pages: all of it is shown.
  static void begin_output(bool pages);
  /// The end of a line of output. False: the user has seen enough, the command returns.
  [[nodiscard]] static bool end_line();
  /// Lines of a page; 0: never wait.
  static void set_page(unsigned lines) { _page = lines; }

private:
  static inline constinit unsigned _page = 40;
  static inline constinit unsigned _shown = 0;
  static inline constinit bool _pages = false, _quit = false;
};

/// Print a text, and blanks up to `width`.
void print_padded(char const *text, unsigned width);

} // namespace jdb

// SPDX-License-Identifier: MIT
#include "jdb/console.h"

#include "arch/arch.h"
#include "diag/print.h"

namespace jdb {

char Console::read()
{
  for (;;) {
    int c = platform::console_get();
    if (c >= 0) return char(c);
    __builtin_ia32_pause();
  }
}

void Console::read_line(char (&line)[Line_length])
{
  constexpr char Backspace = 8, Delete = 0x7f, Ctrl_u = 0x15;
  unsigned length = 0;
  for (;;) {
    char c = read();
    if (c == '\r' || c == '\n') break;
    if ((c == Backspace || c == Delete) && length) {
      --length;
      kprintf("\b \b");
    } else if (c == Ctrl_u) {
      for (; length; --length)
        kprintf("\b \b");
    } else if (c >= ' ' && c < Delete && length + 1 < Line_length) {
      line[length++] = c;
      kprintf("%c", c);
    }
  }
  line[length] = 0;
  kprintf("\n");
}

void Console::begin_output(bool pages)
{
  _shown = 0;
  _pages = pages;
  _quit = false;
}

bool Console::end_line()
{
  kprintf("\n");
  if (!_pages || !_page || ++_shown < _page) return !_quit;
  _shown = 0;
  kprintf("-- more (q: enough) --");
  _quit = read() == 'q';
  kprintf("\r                      \r");
  return !_quit;
}

void print_padded(char const *text, unsigned width)
{
  unsigned length = unsigned(__builtin_strlen(text));
  kprintf("%s", text);
  for (; length < width; ++length)
    kprintf(" ");
}

} // namespace jdb

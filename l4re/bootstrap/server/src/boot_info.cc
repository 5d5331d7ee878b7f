// SPDX-License-Identifier: MIT
#include "boot_info.h"

namespace boot {

Text Boot_info::keep_text(Memory memory, Addr string)
{
  size_t start = _text.size();
  for (;; ++string) {
    char c = memory.read<char>(string);
    _text.push(c);
    if (c == '\0') break;
  }
  return {&_text[start], _text.size() - start - 1};
}

} // namespace boot

// SPDX-License-Identifier: MIT
#include "boot_name.h"

#include <ctype.h>
#include <string.h>

namespace Moe {

Boot_name parse_boot_name(char const *command_line, char *name, l4_size_t size)
{
  Boot_name result;
  char const *p = command_line;
  while (isspace(*p))
    ++p;
  for (; *p && !isspace(*p); ++p) {
    if (*p == '\\' && isspace(p[1]))
      ++p;
    else if (*p == '/') {
      result.length = 0;
      continue;
    }
    if (result.length < size) name[result.length++] = *p;
  }
  while (*p) {
    while (isspace(*p))
      ++p;
    char const *const word = p;
    while (*p && !isspace(*p))
      ++p;
    if (p - word == 3 && memcmp(word, ":rw", 3) == 0) result.writable = true;
  }
  return result;
}

l4_size_t dirinfo_line(char *buffer, char const *name, l4_size_t length)
{
  char digits[20];
  unsigned num = 0;
  for (l4_size_t n = length; n || !num; n /= 10)
    digits[num++] = static_cast<char>('0' + n % 10);
  if (buffer) {
    for (unsigned i = num; i;)
      *buffer++ = digits[--i];
    *buffer++ = ':';
    memcpy(buffer, name, length);
    buffer[length] = '\n';
  }
  return num + 1 + length + 1;
}

} // namespace Moe

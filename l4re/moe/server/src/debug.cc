// SPDX-License-Identifier: MIT
#include "debug.h"

#include <l4/sys/err.h>

#include <stdio.h>
#include <stdlib.h>

namespace Moe {

Options options;

namespace {

void print(char const *format, va_list args)
{
  // One buffer, so that a message is one line of the log.
  char text[256];
  vsnprintf(text, sizeof(text), format, args);
  printf("moe: %s\n", text);
}

} // namespace

void debug(Debug_class debug_class, char const *format, ...)
{
  if (!(options.debug & debug_class)) return;
  va_list args;
  va_start(args, format);
  print(format, args);
  va_end(args);
}

void panic(char const *format, ...)
{
  va_list args;
  va_start(args, format);
  print(format, args);
  va_end(args);
  _exit(1);
}

char const *error_name(long err)
{
  return l4sys_errtostr(err);
}

} // namespace Moe

/* SPDX-License-Identifier: MIT */
/* Fails in a library: the reports name the function, the library, and who called it. With `stay` it
   does not end. */
#include "failing.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile int zero;

int main(int argc, char **argv)
{
  if (argc > 1 && !strcmp(argv[1], "stay"))
    for (;;)
      pause();
  int const errors = library_ask(0x4242UL << L4_CAP_SHIFT);
  printf("errors: %d\n", errors);
  if (argc > 1) library_write((int *)0x30UL);
  return zero;
}

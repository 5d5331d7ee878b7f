/* SPDX-License-Identifier: MIT */
/* Fails in a library: the reports name the function, the library, and who called it. */
#include "failing.h"

#include <stdio.h>
#include <string.h>

static volatile int zero;

int main(int argc, char **argv)
{
  (void)argv;
  int const errors = library_ask(0x4242UL << L4_CAP_SHIFT);
  printf("errors: %d\n", errors);
  if (argc > 1) library_write((int *)0x30UL);
  return zero;
}

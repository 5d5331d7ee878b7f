/* SPDX-License-Identifier: MIT */
/* Ends with the status given as argument, or by abort(). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void at_exit(void) { puts("atexit ran"); }

int main(int argc, char **argv)
{
  if (argc < 2)
    return 99;
  if (!strcmp(argv[1], "abort"))
    abort();
  atexit(at_exit);
  return atoi(argv[1]);
}

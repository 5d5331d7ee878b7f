// SPDX-License-Identifier: MIT
// Shows its arguments and ends with a status that moe reports.
#include <stdio.h>

int main(int argc, char **argv)
{
  for (int i = 1; i < argc; ++i)
    printf("argument %d <%s>\n", i, argv[i]);
  return 7;
}

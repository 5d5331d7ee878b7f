// SPDX-License-Identifier: MIT
#include <l4/libtap/tap.h>

#include <string.h>

int main(int argc, char **argv)
{
  if (argc > 1 && strcmp(argv[1], "exit-with-7") == 0)
    return 7;
  return Tap::run_all();
}

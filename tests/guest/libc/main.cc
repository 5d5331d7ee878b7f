// SPDX-License-Identifier: MIT
#include "args.h"

#include <l4/libtap/tap.h>

int test_argc;
char **test_argv;

int main(int argc, char **argv)
{
  test_argc = argc;
  test_argv = argv;
  return Tap::run_all() ? 1 : 0;
}

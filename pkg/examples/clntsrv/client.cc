// SPDX-License-Identifier: MIT
#include "shared.h"

#include <l4/re/env>
#include <l4/sys/err.h>

#include <stdio.h>

int main()
{
  auto const calc = L4Re::Env::env()->get_cap<Calc>("calc_server");
  if (!calc.is_valid()) {
    printf("There is no capability 'calc_server'; see conf/clntsrv.cfg\n");
    return 1;
  }

  l4_uint32_t difference = 0, negative = 0;
  if (int const error = calc->sub(8, 5, &difference); error < 0) {
    printf("The server does not subtract: %s (%d)\n", l4sys_errtostr(error), error);
    return 2;
  }
  calc->neg(30, &negative);
  printf("8 - 5 is %u, and the negative of 30 is %d\n", difference, static_cast<int>(negative));
  return 0;
}

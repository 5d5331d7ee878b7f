// SPDX-License-Identifier: MIT
// Asks sigma0 to print what it knows.
#include <l4/re/env.h>
#include <l4/sigma0/sigma0.h>

int main(void)
{
  l4sigma0_debug_dump(l4re_env_get_cap("sigma0"));
  return 0;
}

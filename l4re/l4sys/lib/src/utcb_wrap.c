// SPDX-License-Identifier: MIT
/** Replaceable way to the UTCB, for code that runs where the default one is not set up. */
#include <l4/sys/utcb.h>

__attribute__((weak)) l4_utcb_t *l4_utcb_wrap(void) L4_NOTHROW
{
  return l4_utcb_direct();
}

// SPDX-License-Identifier: MIT
// A root task that dies in the middle of its report: nobody handles its fault.
#include <l4/libtap/tap.h>

CASE("self 1", "passes")
{
  CHECK(true);
}

CASE("self 2", "dies")
{
  __asm__ volatile("ud2");
}

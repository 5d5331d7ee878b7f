// SPDX-License-Identifier: MIT
#include <l4/util/rand.h>

static l4_uint32_t state = 0x1234567;

l4_uint32_t l4util_rand(void) L4_NOTHROW
{
  /* Linear congruence modulo 2^32; the high bits are the good ones. */
  state = state * 1664525u + 1013904223u;
  return (state >> 16) & L4_RAND_MAX;
}

void l4util_srand(l4_uint32_t seed) L4_NOTHROW
{
  state = seed;
}

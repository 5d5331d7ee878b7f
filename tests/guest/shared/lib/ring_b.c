/* SPDX-License-Identifier: MIT */
#include "ring.h"

int ring_b(void)
{
  return 2;
}

int ring_b_asks(void)
{
  return ring_a();
}

__attribute__((destructor)) static void end(void)
{
  struct Ring_events *const events = ring_events();
  if (!events) return;
  ++events->b_ended;
  events->asked_while_ending += ring_a() == 1;
}

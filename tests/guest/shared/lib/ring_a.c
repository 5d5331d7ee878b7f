/* SPDX-License-Identifier: MIT */
#include "ring.h"

static struct Ring_events *events;

void ring_listen(struct Ring_events *e)
{
  events = e;
}

struct Ring_events *ring_events(void)
{
  return events;
}

int ring_a(void)
{
  return 1;
}

__attribute__((destructor)) static void end(void)
{
  if (!events) return;
  ++events->a_ended;
  events->asked_while_ending += ring_b() == 2;
}

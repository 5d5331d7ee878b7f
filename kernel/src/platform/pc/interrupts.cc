// SPDX-License-Identifier: MIT
#include "platform/pc/interrupts.h"

#include "arch/amd64/offsets.h"
#include "ipc/entry.h"
#include "platform/pc/lapic.h"
#include "platform/pc/timer.h"

void pc::serve_interrupt(u8 vector)
{
  if (vector == VECTOR_TIMER)
    serve_timer();
  else if (vector == VECTOR_IPI)
    handle_ipi();
  else if (vector == VECTOR_SPURIOUS)
    return;
  Lapic::end_of_interrupt();
}

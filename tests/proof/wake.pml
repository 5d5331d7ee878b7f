/* SPDX-License-Identifier: MIT */
/* Two CPUs that sleep, in idle and while they wait for their turn: interrupts of devices, whose handlers may need the
   other CPU too, come at any moment or never. Who waits for its turn gets it, and what the holder made ready on a CPU
   that it stopped runs. */
#define N 2
#define LEAVE_WORK
#define REST
#include "hold.inc"

proctype Cpu(byte me; byte other)
{
  do
  :: INTERRUPTED(me) -> handle_ipi(me)
  :: !INTERRUPTED(me) && work[me] -> work[me] = false; rested(me)
  :: !INTERRUPTED(me) && !work[me] -> ENTER(me); LEAVE(me); rested(me)
  :: atomic { !INTERRUPTED(me) && irqs > 0 -> irqs-- } interrupt(me, other)
  :: !INTERRUPTED(me) && !work[me] -> sleep(me, other)
  :: !INTERRUPTED(me) && !work[me] -> begin(me, other);
    stop(me, other); use(other); release(other); end(me)
  od
}

init { atomic { irqs = 1; run Cpu(0, 1); run Cpu(1, 0) } }

ltl live { [] ((queued[0] -> <> (holder == 1)) && (work[0] -> <> !work[0])) }

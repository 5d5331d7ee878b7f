/* SPDX-License-Identifier: MIT */
/* Three CPUs run local transactions, sleep, and become the holder: a CPU's state has one user at a time, and who waits
   for its turn gets it. */
#define N 3
#include "hold.inc"

proctype Cpu(byte me; byte other; byte third)
{
  do
  :: INTERRUPTED(me) -> handle_ipi(me)
  :: !INTERRUPTED(me) -> ENTER(me); LEAVE(me); rested(me)
  :: !INTERRUPTED(me) -> sleep(me, other)
  :: !INTERRUPTED(me) -> begin(me, other);
    stop(me, other); use(other);
    if
    :: stop(me, third); use(third)
    :: skip
    fi;
    release(other); release(third); end(me)
  od
}

init {
  atomic { run Cpu(0, 1, 2); run Cpu(1, 2, 0); run Cpu(2, 0, 1) }
}

ltl live { [] (queued[0] -> <> (holder == 1)) }

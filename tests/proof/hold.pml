/* SPDX-License-Identifier: MIT */
/* Three CPUs run local transactions, sleep, and become the holder: a CPU's state has one user at a time,
   nobody waits for ever. */
#define N 3
#include "hold.inc"


proctype Cpu(byte me; byte other; byte third)
{
  do
  :: ipi[me] -> handle_ipi(me)
  :: ENTER(me); LEAVE(me)
  :: sleep(me)
  :: begin(me); stop(other); ENTER(other); LEAVE(other);
    if
    :: stop(third); ENTER(third); LEAVE(third)
    :: skip
    fi;
    release(other); release(third); end()
  od
}

init {
  atomic { run Cpu(0, 1, 2); run Cpu(1, 2, 0); run Cpu(2, 0, 1) }
}

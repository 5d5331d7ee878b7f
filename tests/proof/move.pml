/* SPDX-License-Identifier: MIT */
/* Migration during IPC: threads T (moves between CPUs 0 and 1) and R (at CPU 1) exchange messages, CPU 2 moves T.
   Every CPU decides by T's home, read without a lock, whether it may touch T. */
#define N 3
#include "hold.inc"

byte home; /* of T */
byte users; /* of T at this moment */

#define TOUCH_T atomic { assert(users == 0); users++ }; users--

proctype Partner(byte me; byte other)
{
  do
  :: ipi[me] -> handle_ipi(me)
  :: !ipi[me] -> sleep(me, other)
  :: !ipi[me] -> ENTER(me); /* a local transaction: only if T is at home here */
    if
    :: home == me -> TOUCH_T
    :: else -> skip
    fi;
    LEAVE(me)
  :: !ipi[me] -> begin(me, other); /* a message to T elsewhere */
    if
    :: home != me -> stop(me, home)
    :: else -> skip
    fi;
    TOUCH_T;
    release(other); end(me)
  od
}

proctype Mover()
{
  do
  :: ipi[2] -> handle_ipi(2)
  :: !ipi[2] -> begin(2, 0);
#ifdef MUTANT_MOVE
    stop(2, home); /* the new home runs on, and sees T there before it is complete */
#else
    stop(2, 0); stop(2, 1);
#endif
    atomic { assert(users == 0); users++ };
    home = 1 - home;
    users--;
    release(0); release(1); end(2)
  od
}

init { atomic { run Partner(0, 1); run Partner(1, 0); run Mover() } }

/* SPDX-License-Identifier: MIT */
/* Object death against look-up: CPUs 0 and 1 look an object up and use it in their transactions, without lock or count;
   CPU 2 deletes it, and frees it after all CPUs were outside at once. */
#define N 3
#include "hold.inc"

bool linked = true, dead, freed;


proctype User(byte me)
{
  bool found;
  do
  :: ipi[me] -> handle_ipi(me)
  :: !ipi[me] -> sleep(me, 2)
  :: !ipi[me] -> ENTER(me);
    found = linked && !dead;
    if
    :: found -> assert(!freed)
    :: else -> skip
    fi;
    found = false;
    LEAVE(me)
  od
}

proctype Killer(byte me)
{
  dead = true;
  linked = false;
  begin(me, 0);
#ifndef MUTANT_DEATH
  stop(me, 0); stop(me, 1);
#endif
  freed = true;
  release(0); release(1);
  end(me);
  /* the memory is a new object's */
  freed = false; dead = false; linked = true
}

init { atomic { run User(0); run User(1); run Killer(2) } }

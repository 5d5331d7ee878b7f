/* SPDX-License-Identifier: MIT */
/* A message between CPUs against timeout and cancel: client A at CPU 0, server S and canceller K at CPU 1.
   Every link between threads of two CPUs is undone by whoever ends the wait, and only by a CPU that has both. */
#define N 2
#include "hold.inc"

mtype = { READY, SENDING, RECEIVING };
mtype a = READY, s = READY;
bool in_queue; /* A in the sender queue of S */
bool in_slot; /* A in the reply slot of S */

#define CONSISTENT assert((!in_queue || a == SENDING) && (!in_slot || a == RECEIVING))

/* With both CPUs stopped or own. */
inline end_wait() { CONSISTENT; in_queue = false; in_slot = false; a = READY }

inline both_from(me, other) { begin(me, other); stop(me, other); ENTER(me); ENTER(other) }
inline both_done(me, other) { CONSISTENT; LEAVE(other); LEAVE(me); release(other); end(me) }

active proctype Cpu0()
{
  do
  :: ipi[0] -> handle_ipi(0)
  :: !ipi[0] -> sleep(0, 1)
  :: !ipi[0] && a == READY -> /* call; the restart has found out that S is elsewhere */
    both_from(0, 1);
    if
    :: a == READY && s == RECEIVING -> s = READY; in_slot = true; a = RECEIVING
    :: a == READY && s != RECEIVING -> in_queue = true; a = SENDING
    :: else -> skip
    fi;
    both_done(0, 1)
  :: !ipi[0] && a != READY -> /* timeout, in the timer interrupt */
#ifdef MUTANT_TIMEOUT
    ENTER(0); ENTER(1); end_wait(); LEAVE(1); LEAVE(0) /* uses queue and slot of CPU 1, not stopped */
#else
    both_from(0, 1);
    if
    :: a != READY -> end_wait()
    :: else -> skip /* over while this CPU waited to become the holder */
    fi;
    both_done(0, 1)
#endif
  od
}

active proctype Cpu1()
{
  do
  :: ipi[1] -> handle_ipi(1)
  :: !ipi[1] -> sleep(1, 0)
  :: !ipi[1] && s == READY && !in_slot && !in_queue -> /* wait, nobody there: local */
    ENTER(1);
    if
    :: !in_queue -> s = RECEIVING
    :: else -> skip
    fi;
    LEAVE(1)
  :: !ipi[1] && s == READY && !in_slot && in_queue -> /* wait, a sender of the other CPU is in_queue */
    both_from(1, 0);
    if
    :: in_queue && !in_slot -> CONSISTENT; in_queue = false; a = RECEIVING; in_slot = true
    :: else -> skip
    fi;
    both_done(1, 0)
  :: !ipi[1] && s == READY && in_slot -> /* reply */
    both_from(1, 0);
    if
    :: in_slot -> end_wait()
    :: else -> skip
    fi;
    both_done(1, 0)
  :: !ipi[1] && (s == RECEIVING || s == READY) -> /* K cancels A */
    both_from(1, 0);
    if
    :: a != READY -> end_wait()
    :: else -> skip
    fi;
    both_done(1, 0)
  od
}

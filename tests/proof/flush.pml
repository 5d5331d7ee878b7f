/* SPDX-License-Identifier: MIT */
/* Tickets for remote TLB flushes: requested in the middle of a transaction, served by CPUs that wait
   for anything themselves. The page may be reused when flush() returns: nobody translates by it then. */
#define N 2
#include "hold.inc"

bool flush_wanted[N]; /* a ticket that is not served; one requester per target here */
bool cached[N];       /* the CPU holds a translation to the page */
bool mapped;          /* the page's entry */

inline serve_flush(me) { atomic { cached[me] = false; flush_wanted[me] = false } }

inline flush(me, other)
{
  flush_wanted[other] = true;
  ipi[other] = true;
#ifdef MUTANT_FLUSH
  (!flush_wanted[other]) /* does not serve the requests to itself meanwhile */
#else
  do
  :: !flush_wanted[other] -> break
  :: flush_wanted[me] -> serve_flush(me)
  od
#endif
}

proctype Cpu(byte me; byte other)
{
  do
  :: ipi[me] -> serve_flush(me); handle_ipi(me)
  :: atomic { mapped -> cached[me] = true } /* user mode touches the page */
  :: ENTER(me); mapped = true; LEAVE(me)
  :: ENTER(me); mapped = false; cached[me] = false; flush(me, other); LEAVE(me)
  :: do /* become the holder, as begin() and stop() do with flushes served while waiting */
     :: atomic { !taken -> taken = true; break }
     :: taken && flush_wanted[me] -> serve_flush(me)
     :: taken && stop_wanted[me] ->
       phase[me] = HELD;
       do
       :: phase[me] != HELD -> break
       :: flush_wanted[me] -> serve_flush(me)
       od
     od;
     held[other] = true; stop_wanted[other] = true; ipi[other] = true;
     do
     :: phase[other] == HELD -> break
     :: flush_wanted[me] -> serve_flush(me)
     od;
     ENTER(other); LEAVE(other);
     release(other); end()
  od
}

init { atomic { run Cpu(0, 1); run Cpu(1, 0) } }

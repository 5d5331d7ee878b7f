/* SPDX-License-Identifier: MIT */
/* Tickets for remote TLB flushes: requested in the middle of a transaction, served by CPUs that wait
   for anything themselves. The page may be reused when flush() returns: nobody translates by it then. */
#define N 2
#define FLUSHES
#include "hold.inc"

bool mapped; /* the page's entry */

inline flush(me, other)
{
  flush_wanted[other] = true;
  ipi[other] = true;
#ifdef MUTANT_FLUSH
  (!flush_wanted[other]); /* does not serve the requests to itself meanwhile */
#else
  do
  :: !flush_wanted[other] -> break
  OR_SERVE_FLUSH(me)
  od;
#endif
  assert(mapped || !cached[other])
}

proctype Cpu(byte me; byte other)
{
  do
  :: ipi[me] -> handle_ipi(me)
  :: atomic { !ipi[me] && mapped -> cached[me] = true } /* user mode touches the page */
  :: !ipi[me] -> ENTER(me); mapped = true; LEAVE(me)
  :: !ipi[me] -> ENTER(me); atomic { mapped = false; cached[me] = false }; flush(me, other); LEAVE(me)
  :: !ipi[me] -> sleep(me, other)
  :: !ipi[me] -> begin(me, other); stop(me, other); use(other); release(other); end(me)
  od
}

init { atomic { run Cpu(0, 1); run Cpu(1, 0) } }

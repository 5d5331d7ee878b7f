// SPDX-License-Identifier: MIT
/*
 * Client and server for the tests of restart. `ned_mortal serve` answers at the channel `mortal`
 * and ends in the way it is asked to; `ned_mortal torment N` kills it N times and expects that it
 * is back within 100 ms each time.
 */
#include <l4/re/env>
#include <l4/sys/factory.h>
#include <l4/sys/ipc.h>
#include <l4/sys/kip.h>
#include <l4/sys/rcv_endpoint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace {

enum Request : l4_umword_t { Ping, Exit, Crash, Exit_well };

constexpr l4_uint64_t Limit = 100000; ///< microseconds until the server must be back

l4_cap_idx_t channel()
{
  return L4Re::Env::env()->get_cap<void>("mortal").cap();
}

/// Ends when it is told to. The answers count the requests of this life.
int serve()
{
  l4_utcb_t *const utcb = l4_utcb();
  if (l4_error(l4_rcv_ep_bind_thread(channel(), L4Re::Env::env()->main_thread().cap(), 0x10)) < 0)
    return 1;
  l4_umword_t label, count = 0;
  l4_msgtag_t tag = l4_ipc_wait(utcb, &label, L4_IPC_NEVER);
  for (;;) {
    l4_umword_t const request = l4_utcb_mr()->mr[0];
    if (l4_ipc_error(tag, utcb)) return 2;
    if (request == Exit) return 3;
    if (request == Exit_well) return 0;
    if (request == Crash) asm volatile("ud2");
    l4_utcb_mr()->mr[0] = ++count;
    tag = l4_ipc_reply_and_wait(utcb, l4_msgtag(0, 1, 0, 0), &label, L4_IPC_NEVER);
  }
}

/// \return error of the call, else the answer
long call(Request request)
{
  l4_utcb_mr()->mr[0] = request;
  long const error =
      l4_error(l4_ipc_call(channel(), l4_utcb(), l4_msgtag(0, 1, 0, 0), L4_IPC_NEVER));
  return error < 0 ? error : static_cast<long>(l4_utcb_mr()->mr[0]);
}

/// The server dies of a request, and the next one is answered by its successor.
bool kill_once(Request how, l4_uint64_t *longest)
{
  if (call(Ping) != 1) return false; // a new one
  if (call(Ping) != 2) return false;
  l4_uint64_t const begin = l4_kip_clock(l4re_kip());
  if (call(how) >= 0) return false;
  if (call(Ping) != 1) return false;
  l4_uint64_t const time = l4_kip_clock(l4re_kip()) - begin;
  if (time > *longest) *longest = time;
  return call(Exit) < 0;
}

int torment(unsigned long times)
{
  l4_uint64_t longest = 0;
  for (unsigned long i = 0; i < times; i += 2)
    if (!kill_once(i % 50 ? Exit : Crash, &longest)) return printf("wrong in round %lu\n", i), 1;
  printf("killed %lu times, back after at most %llu us\n", times,
         static_cast<unsigned long long>(longest));
  return longest < Limit ? 0 : 2;
}

} // namespace

int main(int argc, char **argv)
{
  if (argc < 2) return 99;
  if (!strcmp(argv[1], "serve")) return serve();
  if (!strcmp(argv[1], "torment") && argc == 3) return torment(strtoul(argv[2], nullptr, 0));
  if (!strcmp(argv[1], "ping")) return static_cast<int>(call(Ping) < 0);
  if (!strcmp(argv[1], "end")) return call(Exit_well) >= 0;
  if (!strcmp(argv[1], "kill")) return call(Exit) >= 0;
  return 99;
}

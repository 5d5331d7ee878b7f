// SPDX-License-Identifier: MIT
#include "args.h"

#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>
#include <l4/re/env>
#include <l4/re/rm>
#include <l4/sys/consts.h>

#include <unistd.h>

int test_argc;
char **test_argv;

extern "C" char __executable_start[], end[];

namespace {

/// Tell libtap what this program has; tests of the C library need none of it, the leak check does.
void set_up_libtap()
{
  alignas(4096) static char scratch[256 << 10];
  l4re_env_t const *const e = l4re_env();
  constexpr l4_umword_t Slots = 1500;
  constexpr l4_size_t Utcbs = 32 << 10;
  Tap::env = {L4_BASE_TASK_CAP,
              e->factory,
              e->main_thread,
              e->log,
              L4_INVALID_CAP,
              e->scheduler,
              L4_BASE_DEBUGGER_CAP,
              e->rm,
              e->first_free_cap,
              Slots,
              0x7ffe00000000,
              0,
              reinterpret_cast<l4_addr_t>(__executable_start),
              l4_round_page(reinterpret_cast<l4_addr_t>(end)),
              reinterpret_cast<l4_addr_t>(scratch)};
  L4Re::Env::env()->rm()->reserve_area(&Tap::env.utcb_area, Utcbs);
}

} // namespace

int main(int argc, char **argv)
{
  test_argc = argc;
  test_argv = argv;
  set_up_libtap();
  return Tap::run_all() ? 1 : 0;
}

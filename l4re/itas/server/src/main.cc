// SPDX-License-Identifier: MIT
/*
 * The program `l4re` ("itas", in-task application support): the first thread of every task.
 *
 * It takes over the task's address space from the loader, loads the application, and from then on
 * serves its page faults, its region map requests and its exceptions.
 */
#include "app.h"
#include "server.h"

#include <l4/re/env>
#include <l4/sys/kip.h>
#include <l4/sys/memdesc.h>
#include <l4/sys/scheduler.h>

#include <stdio.h>
#include <stdlib.h>

namespace Itas {

namespace {

/// Status of a process whose program could not be started.
constexpr int Start_failed = 70;
constexpr unsigned Highest_prio = 255;
constexpr l4_cap_idx_t Own_thread = 3UL << L4_CAP_SHIFT;

/// Page faults of the program are served at once, whatever it does. The scheduler clips the value.
void raise_priority()
{
  l4_sched_param_t param = l4_sched_param(Highest_prio, 0);
  l4_scheduler_run_thread(l4re_env()->scheduler, Own_thread, &param);
}

/// User address space as the kernel describes it.
Ldr::Range user_space()
{
  Ldr::Range r{0, (1UL << 47) - 1};
  l4_kernel_info_t const *const kip = l4_kip();
  l4_kernel_info_mem_desc_t const *const descs = l4_kernel_info_get_mem_descs(kip);
  for (unsigned i = 0; i < l4_kernel_info_get_num_mem_descs(kip); ++i)
    if (l4_kernel_info_get_mem_desc_is_virtual(descs + i) &&
        l4_kernel_info_get_mem_desc_type(descs + i) == l4_mem_type_conventional) {
      r.last = l4_kernel_info_get_mem_desc_end(descs + i);
      r.start = l4_kernel_info_get_mem_desc_start(descs + i);
    }
  return r;
}

[[noreturn]] void give_up(long error, char const *what)
{
  printf("l4re: %s: %s\n", what, l4sys_errtostr(error));
  end_process(Start_failed);
}

} // namespace

} // namespace Itas

/// Called by exit() and abort() of the small C library.
extern "C" void _exit(int status)
{
  Itas::end_process(status);
}

int main(int argc, char **argv, char **envp)
{
  using namespace Itas;
  Start_data const start = Start_data::from_main(argc, argv, envp);
  cap_slots.init(l4re_env()->first_free_cap);
  raise_priority();

  Ldr::Range const user = user_space();
  static Address_space space(user.start, user.last);
  if (long e = space.import(); e < 0) give_up(e, "cannot read the region map that the loader made");

  static Rescue_table rescue;
  static App app(&space, start);
  static Signals signals(&space);
  l4_addr_t const utcbs = l4_fpage_memaddr(l4re_env()->utcb_area);
  static Remote remote(&space);
  static Crash_handler crash(&space, &rescue, &app, &signals, &remote, start.program_name(), utcbs);
  static Ipc_watch watch(&app, start.program_name(), utcbs);
  static Server server(&space, &rescue, &crash, &signals, &watch, &remote);
  if (long e = server.open(); e < 0) give_up(e, "cannot create the gate for page faults");

  if (app.start(server.gate()) < 0) end_process(Start_failed);
  server.run();
}

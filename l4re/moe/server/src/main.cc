// SPDX-License-Identifier: MIT
#include "boot_fs.h"
#include "boot_memory.h"
#include "debug.h"
#include "init_process.h"
#include "memory.h"
#include "server.h"

#include <l4/sys/debugger.h>
#include <l4/sys/scheduler.h>
#include <l4/sys/task.h>

namespace Moe {

void unmap_from_others(l4_fpage_t const *pages, unsigned count)
{
  l4_task_unmap_batch(L4_BASE_TASK_CAP, pages, count, L4_FP_OTHER_SPACES);
}

namespace {

/// moe answers page faults of programs, hence nobody may be more important.
constexpr unsigned Priority = 255;

/// Words of the command line; the options point into it.
char option_text[4096];

void warn_about_option(char const *word, char const *problem)
{
  debug(Dbg_warn, "command line: '%s': %s", word, problem);
}

} // namespace
} // namespace Moe

int main()
{
  using namespace Moe;
  map_kip();
  l4_debugger_set_object_name(L4_BASE_TASK_CAP, "moe");
  l4_debugger_set_object_name(L4_BASE_THREAD_CAP, "moe");
  l4_sched_param_t const param = l4_sched_param(Priority);
  l4_scheduler_run_thread(L4_BASE_SCHEDULER_CAP, L4_BASE_THREAD_CAP, &param);

  if (!parse_options(Boot_fs::command_line(), option_text, sizeof(option_text), &options,
                     warn_about_option))
    panic("the command line is too long: at most %zu bytes", sizeof(option_text));
  collect_memory();
  debug(Dbg_info, "%zu MiB of RAM, largest block %zu MiB", ram.total_bytes() >> 20,
        ram.largest_free() >> 20);

  init_server();
  static Boot_fs files;
  files.init();
  start_init(files);
  serve();
}

// SPDX-License-Identifier: MIT
#include <l4/sys/err.h>
#include <l4/sys/factory.h>
#include <l4/sys/ipc.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>
#include <l4/util/thread.h>

/** Bind the thread, let it run, and give it its registers. */
static long start(l4_cap_idx_t thread, l4_utcb_t *utcb, l4_umword_t pc, l4_umword_t sp,
                  l4_cap_idx_t pager, l4_cap_idx_t task, l4_cap_idx_t scheduler,
                  l4_sched_param_t const *scp)
{
  long e;
  l4_thread_control_start();
  l4_thread_control_pager(pager);
  l4_thread_control_exc_handler(pager);
  l4_thread_control_bind(utcb, task);
  if ((e = l4_error(l4_thread_control_commit(thread))) < 0) return e;
  if ((e = l4_error(l4_scheduler_run_thread(scheduler, thread, scp))) < 0) return e;
  return l4_error(l4_thread_ex_regs(thread, pc, sp, 0));
}

long l4util_create_thread(l4_cap_idx_t thread_cap, l4_utcb_t *thread_utcb, l4_cap_idx_t factory,
                          l4_umword_t pc, l4_umword_t sp, l4_cap_idx_t pager, l4_cap_idx_t task,
                          l4_cap_idx_t scheduler, l4_sched_param_t scp) L4_NOTHROW
{
  long e = l4_error(l4_factory_create_thread(factory, thread_cap));
  if (e < 0) return e;
  e = start(thread_cap, thread_utcb, pc, sp, pager, task, scheduler, &scp);
  if (e < 0) l4_task_delete_obj(L4_BASE_TASK_CAP, thread_cap);
  return e;
}

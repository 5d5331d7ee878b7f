/* SPDX-License-Identifier: MIT */
/*
 * Alien threads: a system call of such a thread is not executed. Its exception handler is told, and
 * may look at it, change it, do it itself, or allow it. So foreign programs can be watched, or run
 * on top of another system's interface.
 */
#include <l4/re/c/util/cap_alloc.h>
#include <l4/re/env.h>
#include <l4/sys/err.h>
#include <l4/sys/factory.h>
#include <l4/sys/ipc.h>
#include <l4/sys/thread.h>
#include <l4/util/thread.h>

#include <stdio.h>
#include <stdlib.h>

enum { Page_fault = 14, Alien_system_call = 253 };

static char stack[4096] __attribute__((aligned(16)));
static long volatile answer;

/* Asks the system something. The number 42 is no capability: nobody but the handler answers. */
L4UTIL_THREAD_STATIC_FUNC(alien)
{
  l4_ipc_sleep_ms(1);
  l4_ipc_sleep_ms(2);
  answer = l4_msgtag_label(
      l4_ipc_call(42UL << L4_CAP_SHIFT, l4_utcb(), l4_msgtag(7, 0, 0, 0), L4_IPC_NEVER));
  __asm__ volatile("ud2");
  __builtin_unreachable();
}

/* Decide about an exception. The result is the label of the answer. */
static long watch(l4_exc_regs_t *regs)
{
  static unsigned calls;
  l4_cap_idx_t const object = regs->rdx & L4_CAP_MASK; /* registers of a call: kernel-entry.md 2 */
  switch (regs->trapno) {
  case Page_fault: /* aliens have no other page faults; our code is theirs */
    (void)*(char volatile *)regs->pfa;
    return 0;
  case Alien_system_call:
    if (regs->err) {
      printf("  it was done\n");
      return 0;
    }
    printf("system call %u: capability %lx, label %ld\n", ++calls, object >> L4_CAP_SHIFT,
           l4_msgtag_label((l4_msgtag_t){.raw = (l4_mword_t)regs->rax}));
    if (object == 42UL << L4_CAP_SHIFT) {
      regs->rax = (l4_umword_t)l4_msgtag(4711, 0, 0, 0).raw; /* what the call returns */
      regs->ip += 2;                                         /* behind the instruction */
      printf("  answered by the handler\n");
      return 0;
    }
    return L4_PROTO_ALLOW_SYSCALL; /* once; we are told when it is done */
  default:
    printf("the alien was answered %ld, and ends\n", answer);
    exit(answer == 4711 ? 0 : 1);
  }
}

int main(void)
{
  l4_cap_idx_t const thread = l4re_util_cap_alloc(), gate = l4re_util_cap_alloc();
  l4re_env_t const *const env = l4re_env();

  long error = l4_error(l4_factory_create_gate(env->factory, gate, env->main_thread, 0));
  if (error >= 0) error = l4_error(l4_factory_create_thread(env->factory, thread));
  if (error >= 0) {
    l4_thread_control_start();
    l4_thread_control_pager(gate);
    l4_thread_control_exc_handler(gate);
    l4_thread_control_bind((l4_utcb_t *)env->first_free_utcb, L4_BASE_TASK_CAP);
    l4_thread_control_alien(1);
    error = l4_error(l4_thread_control_commit(thread));
  }
  l4_sched_param_t const param = l4_sched_param(10, 0);
  if (error >= 0) error = l4_error(l4_scheduler_run_thread(env->scheduler, thread, &param));
  if (error >= 0)
    error =
        l4_error(l4_thread_ex_regs(thread, (l4_addr_t)alien, (l4_addr_t)stack + sizeof(stack), 0));
  if (error < 0) {
    printf("the alien cannot be started: %s\n", l4sys_errtostr(error));
    return 1;
  }

  l4_umword_t label;
  l4_ipc_wait(l4_utcb(), &label, L4_IPC_NEVER);
  for (;;) {
    l4_exc_regs_t regs = *l4_utcb_exc(); /* printf uses the message registers */
    long const decision = watch(&regs);
    *l4_utcb_exc() = regs;
    l4_ipc_reply_and_wait(l4_utcb(), l4_msgtag(decision, L4_UTCB_EXCEPTION_REGS_SIZE, 0, 0), &label,
                          L4_IPC_SEND_TIMEOUT_0);
  }
}

/* SPDX-License-Identifier: MIT */
/*
 * An exception handler. Whatever a thread does wrong, the kernel tells its exception handler by a
 * message with all registers; the answer says with which registers the thread goes on.
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

enum { Divide_error = 0, Invalid_opcode = 6 };

static char stack[4096] __attribute__((aligned(16)));
static volatile long quotient;

/* The patient: two mistakes and a goodbye. It has no C library: that needs thread-local storage. */
L4UTIL_THREAD_STATIC_FUNC(patient)
{
  long result = 84, remainder = 0, divisor = 0;
  __asm__ volatile("ud2"); /* not an instruction; two bytes long */
  __asm__ volatile("idiv %2" : "+a"(result), "+d"(remainder) : "c"(divisor)); /* divisor in rcx */
  quotient = result;
  __asm__ volatile("ud2");
  __builtin_unreachable();
}

/* Decide how the patient goes on. */
static void treat(l4_exc_regs_t *regs)
{
  switch (regs->trapno) {
  case Invalid_opcode:
    if (quotient) {
      printf("the patient computed %ld and is done\n", quotient);
      exit(0);
    }
    printf("invalid instruction: skipped\n");
    regs->ip += 2;
    break;
  case Divide_error:
    printf("division of %lu by %lu: dividing by 2 instead\n", regs->rax, regs->rcx);
    regs->rcx = 2; /* the instruction is executed again */
    break;
  default:
    printf("exception %lu at %lx: no treatment known\n", regs->trapno, regs->ip);
    exit(1);
  }
}

int main(void)
{
  l4_cap_idx_t const thread = l4re_util_cap_alloc(), gate = l4re_util_cap_alloc();
  l4re_env_t const *const env = l4re_env();

  /* A gate to ourselves: exceptions of the patient arrive here, in the main thread. */
  if (l4_error(l4_factory_create_gate(env->factory, gate, env->main_thread, 0)) < 0) return 1;
  long const error =
      l4util_create_thread(thread, (l4_utcb_t *)env->first_free_utcb, env->factory,
                           (l4_umword_t)patient, (l4_umword_t)(stack + sizeof(stack)), gate,
                           L4_BASE_TASK_CAP, env->scheduler, l4_sched_param(10, 0));
  if (error < 0) {
    printf("the patient cannot be started: %s\n", l4sys_errtostr(error));
    return 1;
  }

  l4_umword_t label;
  l4_msgtag_t tag = l4_ipc_wait(l4_utcb(), &label, L4_IPC_NEVER);
  for (;;) {
    /* The gate is the patient's pager, too: its code is ours, so looking at it maps it for both. */
    if (l4_msgtag_is_page_fault(tag)) {
      (void)*(char volatile *)(l4_utcb_mr()->mr[0] & ~7UL);
      tag = l4_msgtag(0, 0, 0, 0);
    } else {
      /* printf uses the message registers: the state is kept meanwhile. */
      l4_exc_regs_t regs = *l4_utcb_exc();
      treat(&regs);
      *l4_utcb_exc() = regs;
      tag = l4_msgtag(0, L4_UTCB_EXCEPTION_REGS_SIZE, 0, 0);
    }
    tag = l4_ipc_reply_and_wait(l4_utcb(), tag, &label, L4_IPC_SEND_TIMEOUT_0);
  }
}

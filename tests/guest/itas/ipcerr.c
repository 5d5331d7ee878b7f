/* SPDX-License-Identifier: MIT */
/* Fails in IPC in several ways, and sometimes not; the l4re of this task shall tell. */
#include <l4/re/env.h>
#include <l4/sys/ipc.h>

#include <pthread.h>
#include <stdio.h>

static void ask(l4_cap_idx_t whom, l4_timeout_t timeout)
{
  l4_ipc_call(whom, l4_utcb(), l4_msgtag(0, 0, 0, 0), timeout);
}

static void *second_thread(void *arg)
{
  ask(0x4343UL << L4_CAP_SHIFT, L4_IPC_NEVER);
  return arg;
}

int main(void)
{
  l4_ipc_sleep_ms(1);                                /* no error */
  ask(0x4242UL << L4_CAP_SHIFT, L4_IPC_NEVER);       /* an empty slot */
  ask(l4re_env_get_cap("nobody"), L4_IPC_BOTH_TIMEOUT_0); /* a gate that nobody serves */
  ask(l4re_env()->log, L4_IPC_NEVER);                /* an answer, though not a friendly one */
  pthread_t thread;
  if (pthread_create(&thread, 0, second_thread, 0) != 0) return 1;
  pthread_join(thread, 0);
  puts("done");
  return 0;
}

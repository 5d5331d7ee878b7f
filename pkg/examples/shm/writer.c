/* SPDX-License-Identifier: MIT */
/* Writes messages into shared memory. Each one waits until the reader took the last. */
#include "shm.h"

int main(void)
{
  struct shared volatile *const shared = attach_shared(L4RE_RM_F_RW);
  if (!shared) return 1;
  l4_cap_idx_t const filled = l4re_env_get_cap("filled"), taken = l4re_env_get_cap("taken");

  for (unsigned i = 1; i <= 5; ++i) {
    shared->number = i;
    snprintf((char *)shared->text, sizeof(shared->text), "message %u of 5", i);
    /* Semaphores order memory: who comes out of `down` sees what was written before `up`. */
    l4_semaphore_up(filled);
    l4_semaphore_down(taken, L4_IPC_NEVER);
  }
  printf("all messages were taken\n");
  return 0;
}

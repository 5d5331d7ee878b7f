/* SPDX-License-Identifier: MIT */
/* Reads messages from shared memory, without one byte copied by the kernel. */
#include "shm.h"

int main(void)
{
  /* Reading only: our capability gives no more, a write would end this program. */
  struct shared volatile const *const shared = attach_shared(L4RE_RM_F_R);
  if (!shared) return 1;
  l4_cap_idx_t const filled = l4re_env_get_cap("filled"), taken = l4re_env_get_cap("taken");

  for (unsigned i = 1; i <= 5; ++i) {
    l4_semaphore_down(filled, L4_IPC_NEVER);
    printf("%u: '%s'\n", shared->number, (char const *)shared->text);
    l4_semaphore_up(taken);
  }
  return 0;
}

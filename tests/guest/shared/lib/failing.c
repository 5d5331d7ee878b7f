/* SPDX-License-Identifier: MIT */
#include "failing.h"

#include <l4/sys/ipc.h>

void library_write(int *p)
{
  *p = 1;
}

int library_ask(l4_cap_idx_t whom)
{
  return l4_ipc_error(l4_ipc_call(whom, l4_utcb(), l4_msgtag(0, 0, 0, 0), L4_IPC_NEVER),
                      l4_utcb()) != 0;
}

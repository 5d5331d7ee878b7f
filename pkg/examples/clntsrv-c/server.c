/* SPDX-License-Identifier: MIT */
/* A server in C: it receives messages and answers them by hand. */
#include "calc.h"

#include <l4/re/env.h>
#include <l4/sys/err.h>
#include <l4/sys/ipc.h>
#include <l4/sys/rcv_endpoint.h>

#include <stdio.h>

/* Execute the request in the message registers; the answer takes its place. */
static l4_msgtag_t handle(l4_msgtag_t request)
{
  l4_umword_t *const mr = l4_utcb_mr()->mr;

  /* A message is whatever the client wrote: check it before it is used. */
  if (l4_msgtag_label(request) != Calc_protocol) return l4_msgtag(-L4_EBADPROTO, 0, 0, 0);
  unsigned const operands = l4_msgtag_words(request) - 1;
  if (mr[0] == Calc_sub && operands == 2)
    mr[0] = mr[1] - mr[2];
  else if (mr[0] == Calc_neg && operands == 1)
    mr[0] = -mr[1];
  else
    return l4_msgtag(-L4_EINVAL, 0, 0, 0);
  return l4_msgtag(0, 1, 0, 0);
}

int main(void)
{
  l4_cap_idx_t const gate = l4re_env_get_cap("calc_server");

  /* From now on messages to the gate come to this thread. */
  if (l4_error(l4_rcv_ep_bind_thread(gate, l4re_env()->main_thread, 0)) < 0) {
    printf("There is no capability 'calc_server' with server rights; see clntsrv-c.cfg\n");
    return 1;
  }
  printf("Welcome to the calculation server, in C!\n");

  l4_umword_t label; /* tells which gate a message came through, were there several */
  l4_msgtag_t tag = l4_ipc_wait(l4_utcb(), &label, L4_IPC_NEVER);
  for (;;) {
    /* A failed wait has nobody to answer to. A client that does not wait is not waited for. */
    if (l4_msgtag_has_error(tag))
      tag = l4_ipc_wait(l4_utcb(), &label, L4_IPC_NEVER);
    else
      tag = l4_ipc_reply_and_wait(l4_utcb(), handle(tag), &label, L4_IPC_SEND_TIMEOUT_0);
  }
}

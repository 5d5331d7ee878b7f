/* SPDX-License-Identifier: MIT */
/* A client in C: each request is a message sent by hand. */
#include "calc.h"

#include <l4/re/env.h>
#include <l4/sys/err.h>
#include <l4/sys/ipc.h>

#include <stdio.h>

/* Send the `words` words in the message registers and wait for the answer. */
static long request(l4_cap_idx_t server, unsigned words, l4_mword_t *result)
{
  l4_msgtag_t const tag = l4_msgtag(Calc_protocol, words, 0, 0);
  /* The label of the answer, or the error of the transport: both are negative if it failed. */
  long const error = l4_error(l4_ipc_call(server, l4_utcb(), tag, L4_IPC_NEVER));
  if (error >= 0) *result = (l4_mword_t)l4_utcb_mr()->mr[0];
  return error;
}

int main(void)
{
  l4_cap_idx_t const calc = l4re_env_get_cap("calc_server");
  if (l4_is_invalid_cap(calc)) {
    printf("There is no capability 'calc_server'; see clntsrv-c.cfg\n");
    return 1;
  }

  l4_mword_t difference, negative;
  l4_utcb_mr()->mr[0] = Calc_sub;
  l4_utcb_mr()->mr[1] = 8;
  l4_utcb_mr()->mr[2] = 5;
  long error = request(calc, 3, &difference);
  if (error < 0) {
    printf("The server does not subtract: %s (%ld)\n", l4sys_errtostr(error), error);
    return 2;
  }
  l4_utcb_mr()->mr[0] = Calc_neg;
  l4_utcb_mr()->mr[1] = 30;
  request(calc, 2, &negative);
  printf("8 - 5 is %ld, and the negative of 30 is %ld\n", difference, negative);

  l4_utcb_mr()->mr[0] = 17;
  error = request(calc, 1, &negative);
  printf("operation 17: %s\n", l4sys_errtostr(error));
  return 0;
}

// SPDX-License-Identifier: MIT
#include <l4/sys/ipc.h>
#include <l4/util/port_io.h>

long l4util_ioport_map(l4_cap_idx_t sigma0id, unsigned port_start, unsigned log2size) L4_NOTHROW
{
  l4_utcb_t *u = l4_utcb();
  l4_msg_regs_t *m = l4_utcb_mr_u(u);
  l4_buf_regs_t *b = l4_utcb_br_u(u);
  l4_fpage_t ports = l4_iofpage(port_start, log2size);

  /* An I/O page fault is the protocol with which ports are asked for. */
  m->mr[0] = ports.raw;
  m->mr[1] = 0;
  b->bdr = 0;
  b->br[0] = L4_ITEM_MAP;
  b->br[1] = ports.raw;
  b->br[2] = 0;

  l4_msgtag_t tag =
      l4_ipc_call(sigma0id, u, l4_msgtag(L4_PROTO_IO_PAGE_FAULT, 2, 0, 0), L4_IPC_NEVER);
  long error = l4_error_u(tag, u);
  if (error < 0) return error;
  return l4_msgtag_items(tag) ? 0 : -L4_ENOENT;
}

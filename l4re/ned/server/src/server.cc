// SPDX-License-Identifier: MIT
#include "server.h"

#include <l4/re/env.h>
#include <l4/re/util/cap_alloc>
#include <l4/sys/err.h>
#include <l4/sys/ipc.h>
#include <l4/sys/kip.h>

namespace Ned {

namespace {

/// Where the caller of the next message is kept. An explicit slot, because a command that runs Lua
/// may receive other messages before it is answered.
L4::Reply_cap_idx slot;

} // namespace

l4_cpu_time_t now()
{
  return l4_kip_clock(l4re_kip());
}

L4::Reply_cap_idx keep_caller()
{
  L4::Reply_cap_idx const kept = slot;
  slot = L4::Reply_cap_idx();
  return kept;
}

void answer(L4::Reply_cap_idx caller, l4_msgtag_t tag)
{
  caller.reply(tag);
  L4Re::Util::reply_cap_alloc.free(caller);
}

bool serve(l4_cpu_time_t deadline)
{
  l4_utcb_t *const utcb = l4_utcb();
  l4_timeout_t timeout = L4_IPC_NEVER;
  if (deadline != Forever) {
    l4_cpu_time_t const t = now();
    if (t >= deadline) return false;
    timeout = l4_timeout(L4_IPC_TIMEOUT_NEVER, l4_timeout_from_us(deadline - t));
  }
  if (!slot.is_valid()) slot = L4Re::Util::reply_cap_alloc.alloc_idx();

  l4_buf_regs_t *const buffers = l4_utcb_br_u(utcb);
  buffers->bdr = 0;
  buffers->br[0] = 0; // no client can make ned take capabilities
  l4_umword_t label = 0;
  l4_msgtag_t tag =
      l4_ipc(slot.cap(), utcb, L4_SYSF_WAIT, 0, l4_msgtag(0, 0, 0, 0), &label, timeout);
  if (l4_ipc_error(tag, utcb)) return deadline == Forever || now() < deadline;

  tag = L4::Basic_registry::dispatch(tag, label, utcb);
  if (tag.label() != -L4_ENOREPLY) slot.reply(tag);
  return true;
}

} // namespace Ned

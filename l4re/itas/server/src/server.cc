// SPDX-License-Identifier: MIT
#include "server.h"

#include <l4/re/env.h>
#include <l4/re/protocols.h>
#include <l4/sys/factory.h>
#include <l4/sys/ipc.h>
#include <l4/sys/kip.h>

namespace Itas {

namespace {
/// Index of the thread that runs here, in every task (process-environment.md section 2.1).
constexpr l4_cap_idx_t Own_thread = 3UL << L4_CAP_SHIFT;
} // namespace

long Server::open()
{
  _gate = cap_slots.alloc();
  return l4_error(l4_factory_create_gate(l4re_env()->factory, _gate, Own_thread, 0));
}

void Server::run()
{
  l4_utcb_t *const utcb = l4_utcb();
  bool answer = false;
  l4_msgtag_t tag = l4_msgtag(0, 0, 0, 0);
  for (;;) {
    l4_umword_t label;
    _rm.prepare_receive();
    // A client that does not wait for its answer must not block us: send timeout 0.
    tag = answer ? l4_ipc_reply_and_wait(utcb, tag, &label, timeout())
                 : l4_ipc_wait(utcb, &label, timeout());
    answer = !l4_msgtag_has_error(tag);
    if (_signals->deadline() != Signals::Never && !answer) _signals->check_timer();
    if (!answer) continue;
    tag = dispatch(tag, label);
    answer = l4_msgtag_label(tag) != -L4_ENOREPLY;
  }
}

/// Sending: at once; receiving: until the program's timer.
l4_timeout_t Server::timeout() const
{
  l4_uint64_t const deadline = _signals->deadline();
  if (deadline == Signals::Never) return L4_IPC_SEND_TIMEOUT_0;
  l4_uint64_t const now = l4_kip_clock(l4_kip());
  l4_uint64_t left = now < deadline ? deadline - now : 0;
  if (left > L4_TIMEOUT_US_MAX) left = L4_TIMEOUT_US_MAX;
  return l4_timeout(L4_IPC_TIMEOUT_0, left ? l4_timeout_from_us(left) : L4_IPC_TIMEOUT_0);
}

l4_msgtag_t Server::dispatch(l4_msgtag_t tag, l4_umword_t label)
{
  if (l4_msgtag_is_exception(tag)) return exception();
  if (l4_msgtag_label(tag) == L4RE_PROTO_ITAS) return l4_msgtag(_signals->request(tag), 0, 0, 0);
  if ((label & ~3UL) == Remote::Label)
    return _remote->dispatch(tag, static_cast<unsigned>(label & 3), l4_utcb());
  return _rm.dispatch(tag, static_cast<unsigned>(label & 3), l4_utcb());
}

l4_msgtag_t Server::exception()
{
  if (l4_utcb_exc()->trapno == Ipc_watch::Trap) {
    l4_exc_regs_t const regs = *l4_utcb_exc();
    long const label = _watch->system_call(regs);
    *l4_utcb_exc() = regs;
    return l4_msgtag(label, L4_UTCB_EXCEPTION_REGS_SIZE, 0, 0);
  }
  if (!_crash->handle(_gate)) return l4_msgtag(-L4_ENOREPLY, 0, 0, 0);
  return l4_msgtag(0, L4_UTCB_EXCEPTION_REGS_SIZE, 0, 0);
}

} // namespace Itas

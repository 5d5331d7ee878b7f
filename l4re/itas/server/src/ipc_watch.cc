// SPDX-License-Identifier: MIT
#include "app.h"
#include "ipc_text.h"
#include "ipc_watch.h"

#include <l4/sys/consts.h>
#include <l4/sys/err.h>
#include <l4/sys/ipc.h>

#include <stdio.h>
#include <string.h>

namespace Itas {

namespace {

/// Distance from a UTCB to what its thread's GS base points to.
constexpr l4_addr_t Gs_in_utcb = 0x1f8;
constexpr l4_umword_t Executed = 1;

} // namespace

bool Ipc_watch::wanted(char const *const *envp)
{
  static char const name[] = "L4_DEBUG_IPCERR=";
  for (; *envp; ++envp)
    if (!strncmp(*envp, name, sizeof(name) - 1)) {
      char const *const value = *envp + sizeof(name) - 1;
      return *value && strcmp(value, "0") != 0;
    }
  return false;
}

Ipc_watch::Pending *Ipc_watch::pending(l4_addr_t utcb)
{
  Pending *free = nullptr;
  for (Pending &p : _pending) {
    if (p.utcb == utcb) return &p;
    if (!p.utcb && !free) free = &p;
  }
  return free;
}

long Ipc_watch::system_call(l4_exc_regs_t const &regs)
{
  l4_addr_t const utcb = regs.gs_base - Gs_in_utcb;
  Pending *const p = pending(utcb);
  if (regs.err != Executed) {
    if (p) *p = {utcb, regs.rdx};
    return L4_PROTO_ALLOW_SYSCALL;
  }
  if (!p || p->utcb != utcb) return 0;
  l4_umword_t const selector = p->selector;
  *p = Pending();
  l4_msgtag_t tag;
  tag.raw = static_cast<l4_mword_t>(regs.rax);
  // Who waits for nobody in particular only sleeps: its end is no error.
  bool const sleeps = l4_is_invalid_cap(selector) && (selector & 0xf) == L4_SYSF_RECV;
  if (l4_msgtag_has_error(tag) && !sleeps) report(regs, selector, utcb);
  return 0;
}

void Ipc_watch::report(l4_exc_regs_t const &regs, l4_umword_t selector, l4_addr_t utcb) const
{
  l4_umword_t const error =
      l4_utcb_tcr_u(reinterpret_cast<l4_utcb_t *>(utcb))->error & L4_IPC_ERROR_MASK;
  char text[96], thread[40], where[Symbol_files::Place_text];
  _app->symbols().describe(regs.ip, where);
  describe_ipc(selector, l4re_env(), text, sizeof(text));
  if ((utcb - _first_utcb) / L4_UTCB_OFFSET == 1)
    snprintf(thread, sizeof(thread), "main thread");
  else
    snprintf(thread, sizeof(thread), "thread with UTCB 0x%lx", utcb);
  printf("%s: IPC error 0x%lx (%s): %s, in the %s at 0x%lx%s%s\n", _program, error,
         l4sys_errtostr(l4_ipc_to_errno(error)), text, thread, regs.ip, *where ? " " : "", where);
}

} // namespace Itas

// SPDX-License-Identifier: MIT
#include "libc_priv.h"

#include <l4/libc/diagnose.h>
#include <l4/sys/ipc.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>

#include <stdio.h>
#include <stdlib.h>

namespace {

char const *explain(l4_umword_t error, l4_cap_idx_t cap)
{
  switch (error) {
  case L4_IPC_ENOT_EXISTENT:
    if (l4_is_invalid_cap(cap)) return "is no capability at all (L4_INVALID_CAP)";
    if (l4_msgtag_label(l4_task_cap_valid(L4_BASE_TASK_CAP, cap)) <= 0)
      return "is empty: this program was never given it, or it has been taken away";
    return "leads to a thread that does not exist any more";
  case L4_IPC_SETIMEOUT:
    return "did not accept the message in time";
  case L4_IPC_RETIMEOUT:
    return "did not answer in time";
  case L4_IPC_SECANCELED:
  case L4_IPC_RECANCELED:
    return "was in use when the operation was cancelled";
  case L4_IPC_SEMSGCUT:
    return "leads to a thread that takes no capability or page with the message";
  case L4_IPC_REMSGCUT:
    return "sent a capability or page for which there was no buffer";
  case L4_IPC_SEMAPFAILED:
  case L4_IPC_REMAPFAILED:
    return "could not be used: out of kernel memory for a mapping";
  default:
    return "failed";
  }
}

} // namespace

unsigned long l4_ipc_explain(l4_cap_idx_t cap, l4_msgtag_t tag, char *buffer, l4_size_t size)
{
  l4_umword_t const error = l4_ipc_error(tag, l4_utcb());
  if (size) *buffer = '\0';
  if (!error) return 0;
  char const *const text = explain(error, cap);
  snprintf(buffer, size, "capability %lu %s (IPC error 0x%lx)", cap >> L4_CAP_SHIFT, text, error);
  return error;
}

l4_msgtag_t l4_ipc_check(l4_cap_idx_t cap, l4_msgtag_t tag, char const *what)
{
  char reason[160];
  if (!l4_ipc_explain(cap, tag, reason, sizeof(reason))) return tag;
  printf("%s: cannot %s: %s\n", libc_program_name, what, reason);
  fflush(stdout);
  // itas prints registers and callers, and ends the process.
  l4_thread_ex_regs(L4_INVALID_CAP, ~0UL, ~0UL, L4_THREAD_EX_REGS_TRIGGER_EXCEPTION);
  abort();
}

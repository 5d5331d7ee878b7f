// SPDX-License-Identifier: MIT
#include "ipc_text.h"

#include <l4/sys/consts.h>

#include <stdio.h>

namespace Itas {

namespace {

/// The name of a combination of L4_SYSF_* bits.
char const *operation(l4_umword_t selector)
{
  switch (selector & 0xf) {
  case L4_SYSF_SEND:
    return "send";
  case L4_SYSF_RECV:
    return "receive";
  case L4_SYSF_CALL:
    return "call";
  case L4_SYSF_WAIT:
    return "wait";
  case L4_SYSF_SEND_AND_WAIT:
    return "send and wait";
  case L4_SYSF_SEND | L4_SYSF_REPLY:
    return "answer";
  case L4_SYSF_REPLY_AND_WAIT:
    return "answer and wait";
  default:
    return "system call";
  }
}

/// A capability of the environment with a fixed meaning, or null.
char const *known_name(l4_cap_idx_t cap, l4re_env_t const *env)
{
  struct Known {
    l4_cap_idx_t cap;
    char const *name;
  } const known[] = {
      {L4_BASE_TASK_CAP, "own task"},
      {env->parent, "parent"},
      {env->rm, "region map"},
      {env->mem_alloc, "memory allocator"},
      {env->log, "log"},
      {env->main_thread, "main thread"},
      {env->factory, "factory"},
      {env->scheduler, "scheduler"},
  };
  for (Known const &k : known)
    if (k.cap == cap && l4_is_valid_cap(cap)) return k.name;
  return nullptr;
}

} // namespace

void describe_ipc(l4_umword_t selector, l4re_env_t const *env, char *out, l4_size_t size)
{
  char const *const what = operation(selector);
  char const *const to = (selector & 0xf) == L4_SYSF_RECV ? "from" : "to";
  l4_cap_idx_t const cap = selector & L4_CAP_MASK;
  if (l4_is_invalid_cap(selector)) {
    snprintf(out, size, "%s, no partner named", what);
    return;
  }
  for (l4re_env_cap_entry_t const *e = env->caps; e && e->flags != ~0UL; ++e)
    if ((e->cap & L4_CAP_MASK) == cap) {
      snprintf(out, size, "%s %s '%.*s' (slot %lx)", what, to, static_cast<int>(sizeof(e->name)),
               e->name, cap >> L4_CAP_SHIFT);
      return;
    }
  char const *const name = known_name(cap, env);
  if (name)
    snprintf(out, size, "%s %s the %s (slot %lx)", what, to, name, cap >> L4_CAP_SHIFT);
  else
    snprintf(out, size, "%s %s slot %lx", what, to, cap >> L4_CAP_SHIFT);
}

} // namespace Itas

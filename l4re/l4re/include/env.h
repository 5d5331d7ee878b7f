// SPDX-License-Identifier: MIT
/** Initial environment of a program (process-environment.md section 3). */
#pragma once

#include <l4/re/consts.h>
#include <l4/sys/kip.h>
#include <l4/sys/types.h>
#include <l4/sys/utcb.h>

enum { L4RE_ENV_CAP_NAME_MAX = 16 };

/** Named capability. The array ends with an entry whose flags are ~0. */
typedef struct l4re_env_cap_entry_t {
  l4_cap_idx_t cap;
  l4_umword_t flags;
  /** Zero-terminated unless all characters are used. */
  char name[L4RE_ENV_CAP_NAME_MAX];
#ifdef __cplusplus
  l4re_env_cap_entry_t() noexcept : cap(L4_INVALID_CAP), flags(~0UL), name{}
  {
  }
  /** \param n  Name; cut at 16 characters. */
  l4re_env_cap_entry_t(char const *n, l4_cap_idx_t c, l4_umword_t f = 0) noexcept
      : cap(c), flags(f), name{}
  {
    for (unsigned i = 0; n && i < sizeof(name) && n[i]; ++i)
      name[i] = n[i];
  }
  explicit operator bool() const noexcept
  {
    return flags != ~0UL;
  }
#endif
} l4re_env_cap_entry_t;

/** Selectors unless stated otherwise. */
typedef struct l4re_env_t {
  l4_cap_idx_t parent;
  l4_cap_idx_t rm;
  l4_cap_idx_t mem_alloc;
  l4_cap_idx_t log;
  l4_cap_idx_t main_thread;
  l4_cap_idx_t factory;
  l4_cap_idx_t scheduler;
  l4_cap_idx_t itas;
  l4_cap_idx_t dbg_events;
  /** Index of the first slot that nobody uses. */
  l4_cap_idx_t first_free_cap;
  /** Index of the first reply-capability slot that nobody uses. */
  l4_cap_idx_t first_free_reply_cap;
  l4_fpage_t utcb_area;
  /** Address of the first UTCB that nobody uses. */
  l4_addr_t first_free_utcb;
  l4re_env_cap_entry_t *caps;
} l4re_env_t;

L4_BEGIN_DECLS

/** Set by the start-up code. */
extern l4re_env_t *l4re_global_env;

L4_INLINE l4re_env_t const *l4re_env(void) L4_NOTHROW
{
  return l4re_global_env;
}

L4_INLINE l4_kernel_info_t const *l4re_kip(void) L4_NOTHROW
{
  return l4_kip();
}

/** Entry with the name of `len` characters at `name`, or 0. */
L4_INLINE l4re_env_cap_entry_t const *l4re_env_get_cap_l(char const *name, unsigned len,
                                                         l4re_env_t const *e) L4_NOTHROW
{
  l4re_env_cap_entry_t const *c = e->caps;

  if (len > L4RE_ENV_CAP_NAME_MAX) return 0;
  for (; c && c->flags != ~0UL; ++c) {
    unsigned i = 0;
    while (i < len && c->name[i] && c->name[i] == name[i])
      ++i;
    if (i == len && (i == L4RE_ENV_CAP_NAME_MAX || !c->name[i])) return c;
  }
  return 0;
}

/** Capability with a name in the environment `e`, or an invalid one. */
L4_INLINE l4_cap_idx_t l4re_env_get_cap_e(char const *name, l4re_env_t const *e) L4_NOTHROW
{
  unsigned len = 0;
  while (len <= L4RE_ENV_CAP_NAME_MAX && name[len])
    ++len;
  l4re_env_cap_entry_t const *c = l4re_env_get_cap_l(name, len, e);
  return c ? c->cap : (l4_cap_idx_t)L4_INVALID_CAP;
}

/** Capability with a name, or an invalid one. */
L4_INLINE l4_cap_idx_t l4re_env_get_cap(char const *name) L4_NOTHROW
{
  return l4re_env_get_cap_e(name, l4re_env());
}

L4_END_DECLS

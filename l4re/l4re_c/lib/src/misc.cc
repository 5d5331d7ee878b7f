// SPDX-License-Identifier: MIT
#include <l4/re/c/debug.h>
#include <l4/re/c/inhibitor.h>
#include <l4/re/c/parent.h>
#include <l4/re/debug>
#include <l4/re/inhibitor>
#include <l4/re/parent>

long l4re_parent_signal(l4_cap_idx_t parent, unsigned long sig, unsigned long val) noexcept
{
  return L4::Cap<L4Re::Parent>(parent)->signal(sig, val);
}

long l4re_debug_obj_debug(l4_cap_idx_t srv, unsigned long function) noexcept
{
  return L4::Cap<L4Re::Debug_obj>(srv)->debug(function);
}

long l4re_inhibitor_acquire(l4_cap_idx_t mutex, l4_umword_t id, char const *reason) noexcept
{
  return L4::Cap<L4Re::Inhibitor>(mutex)->acquire(id, reason);
}

long l4re_inhibitor_release(l4_cap_idx_t mutex, l4_umword_t id) noexcept
{
  return L4::Cap<L4Re::Inhibitor>(mutex)->release(id);
}

long l4re_inhibitor_next_lock_info(l4_cap_idx_t mutex, char *name, unsigned len,
                                   l4_mword_t current_id) noexcept
{
  return L4::Cap<L4Re::Inhibitor>(mutex)->next_lock_info(name, len, current_id);
}

// SPDX-License-Identifier: MIT
#include <l4/re/c/namespace.h>
#include <l4/re/namespace>

long l4re_ns_query_to_srv(l4re_namespace_t srv, char const *name, l4_cap_idx_t cap,
                          int timeout) noexcept
{
  return L4::Cap<L4Re::Namespace>(srv)->query(name, L4::Cap<void>(cap), timeout);
}

long l4re_ns_register_obj_srv(l4re_namespace_t srv, char const *name, l4_cap_idx_t obj,
                              unsigned flags) noexcept
{
  return L4::Cap<L4Re::Namespace>(srv)->register_obj(
      name, L4::Ipc::make_cap_rws(L4::Cap<void>(obj)), flags);
}

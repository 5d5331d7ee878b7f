// SPDX-License-Identifier: MIT
/** Name spaces; see <l4/re/namespace>. */
#pragma once

#include <l4/sys/types.h>

typedef l4_cap_idx_t l4re_namespace_t;

enum l4re_ns_register_flags {
  L4RE_NS_REGISTER_RO = L4_CAP_FPAGE_RO,
  L4RE_NS_REGISTER_RW = L4_CAP_FPAGE_RW,
  L4RE_NS_REGISTER_RS = L4_CAP_FPAGE_RS,
  L4RE_NS_REGISTER_RWS = L4_CAP_FPAGE_RWS,
  L4RE_NS_REGISTER_STRONG = L4_CAP_FPAGE_S,
};

enum { L4RE_NS_DEFAULT_TIMEOUT_MS = 40000 };

L4_BEGIN_DECLS

/** \param timeout  Milliseconds to wait for a name that is announced, but not there yet. */
L4_CV long l4re_ns_query_to_srv(l4re_namespace_t srv, char const *name, l4_cap_idx_t cap,
                                int timeout) L4_NOTHROW;
/** \param flags  L4RE_NS_REGISTER_* */
L4_CV long l4re_ns_register_obj_srv(l4re_namespace_t srv, char const *name, l4_cap_idx_t obj,
                                    unsigned flags) L4_NOTHROW;

L4_INLINE long l4re_ns_query_srv(l4re_namespace_t srv, char const *name,
                                 l4_cap_idx_t cap) L4_NOTHROW
{
  return l4re_ns_query_to_srv(srv, name, cap, L4RE_NS_DEFAULT_TIMEOUT_MS);
}

L4_END_DECLS

// SPDX-License-Identifier: MIT
/** Log output; see <l4/re/log>. It may be used while a message is being composed. */
#pragma once

#include <l4/re/env.h>

L4_BEGIN_DECLS

L4_CV void l4re_log_printn_srv(l4_cap_idx_t logcap, char const *string, int len) L4_NOTHROW;
L4_CV void l4re_log_print_srv(l4_cap_idx_t logcap, char const *string) L4_NOTHROW;

L4_INLINE void l4re_log_printn(char const *string, int len) L4_NOTHROW
{
  l4re_log_printn_srv(l4re_env()->log, string, len);
}

L4_INLINE void l4re_log_print(char const *string) L4_NOTHROW
{
  l4re_log_print_srv(l4re_env()->log, string);
}

L4_END_DECLS

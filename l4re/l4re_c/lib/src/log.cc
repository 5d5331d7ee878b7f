// SPDX-License-Identifier: MIT
#include <l4/re/c/log.h>
#include <l4/re/log>

void l4re_log_printn_srv(l4_cap_idx_t logcap, char const *string, int len) noexcept
{
  L4::Cap<L4Re::Log>(logcap)->printn(string, len);
}

void l4re_log_print_srv(l4_cap_idx_t logcap, char const *string) noexcept
{
  L4::Cap<L4Re::Log>(logcap)->print(string);
}

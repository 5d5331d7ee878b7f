// SPDX-License-Identifier: MIT
#include "environment.h"

#include <l4/re/env.h>
#include <l4/sys/err.h>

char const *l4sys_errtostr(long) noexcept
{
  return "";
}

namespace {

l4re_env_cap_entry_t named[] = {l4re_env_cap_entry_t("rom", 0x20000),
                                l4re_env_cap_entry_t("sixteen_letters_", 0x21000),
                                l4re_env_cap_entry_t()};
constinit l4re_env_t environment = {
    0x13000,        0x10000,        0x11000,    0x5000, 0x30000, 0x2000, 0x7000,
    L4_INVALID_CAP, L4_INVALID_CAP, First_free, 0,      {0},     0,      named};

} // namespace

l4re_env_t *l4re_global_env = &environment;

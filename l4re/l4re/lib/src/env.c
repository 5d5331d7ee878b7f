// SPDX-License-Identifier: MIT
/** The environment pointer; the start-up code of the program sets it, or defines its own. */
#include <l4/re/env.h>

__attribute__((weak)) l4re_env_t *l4re_global_env;

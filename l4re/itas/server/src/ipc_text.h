// SPDX-License-Identifier: MIT
#pragma once

#include <l4/re/env.h>

namespace Itas {

/**
 * What a failing system call was, in words: "call to 'calc_server' (slot 1a2)".
 * \param selector  as in rdx: capability and operation (kernel-entry.md section 2)
 * \param env       whose names are used
 */
void describe_ipc(l4_umword_t selector, l4re_env_t const *env, char *out, l4_size_t size);

} // namespace Itas

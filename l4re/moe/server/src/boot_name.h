// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/types.h>

namespace Moe {

/// What the command line of a boot module says about the file.
struct Boot_name {
  l4_size_t length = 0;  ///< of the name, 0 if there is none
  bool writable = false; ///< option `:rw`
};

/**
 * Find name and options of a boot module (moe-ned-sigma0.md section 2.4).
 *
 * The name is the last path component of the first word; a backslash protects a blank. Further
 * words are options.
 *
 * \param command_line  NUL-terminated
 * \param name, size    receives the name without backslashes, cut at `size`, not NUL-terminated
 */
Boot_name parse_boot_name(char const *command_line, char *name, l4_size_t size);

/**
 * Append one line `LENGTH:NAME` of a `.dirinfo` file.
 * \return its length; nothing is written if `buffer` is null
 */
l4_size_t dirinfo_line(char *buffer, char const *name, l4_size_t length);

} // namespace Moe

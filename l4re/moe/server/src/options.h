// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/types.h>

namespace Moe {

/// Classes of debug messages, of moe (`--debug`) and of the init process' l4re (`--l4re-dbg`).
/// Values: process-environment.md section 4.
enum Debug_class : unsigned {
  Dbg_info = 1,
  Dbg_warn = 2,
  Dbg_boot = 4,
  Dbg_server = 0x10,
  Dbg_exceptions = 0x20,
  Dbg_loader = 0x80,
  Dbg_name_space = 0x400,
  Dbg_all = 0xffffffff,
};

/**
 * moe's command line: `moe [options] [--] INIT_ARGS...` (moe-ned-sigma0.md section 2.1).
 */
struct Options {
  unsigned debug = Dbg_info | Dbg_warn;
  unsigned l4re_debug = Dbg_warn;
  unsigned ldr_flags = 0;
  char const *init = "rom/ned"; ///< program that the init process loads

  /// Strings for argv of the init process, one behind the other: the program, then its arguments.
  char const *args = nullptr;
  l4_size_t args_size = 0; ///< bytes, NULs included
  unsigned args_count = 0;
};

/// Receives `problem` (what is wrong, and what to write instead) about the word `word`.
using Option_warning = void(char const *word, char const *problem);

/**
 * Parse a command line.
 *
 * The first word is the name of the program. Single and double quotes group. Unknown options are
 * reported and ignored.
 *
 * \param command_line  NUL-terminated; may be null
 * \param buffer, size  memory for the unquoted words; the options refer to it.
 * `strlen(command_line)
 *                      + strlen(init) + 2` bytes are enough
 * \return false if the buffer is too small
 */
bool parse_options(char const *command_line, char *buffer, l4_size_t size, Options *options,
                   Option_warning *warn);

} // namespace Moe

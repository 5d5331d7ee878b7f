// SPDX-License-Identifier: MIT
/** Boot modules as the boot loader describes them to the root task (boot.md section 7). */
#pragma once

#include <l4/sys/l4int.h>

/** Kind of a module: the field l4util_l4mod_mod::flags under L4util_l4mod_mod_flag_mask. */
enum l4util_l4mod_mod_flags {
  L4util_l4mod_mod_flag_unspec = 0,
  L4util_l4mod_mod_flag_kernel = 1,
  L4util_l4mod_mod_flag_sigma0 = 2,
  L4util_l4mod_mod_flag_roottask = 3,
  L4util_l4mod_mod_flag_mask = 7,
};

/** One module; addresses are physical. */
typedef struct l4util_l4mod_mod {
  l4_uint64_t flags;
  l4_uint64_t mod_start;
  /** First address behind the module. */
  l4_uint64_t mod_end;
  /** Address of the NUL-terminated command line. */
  l4_uint64_t cmdline;
} l4util_l4mod_mod;

/** The list of modules; the field `user_ptr` of the kernel info page points to it. */
typedef struct l4util_l4mod_info {
  l4_uint64_t flags;
  /** Command line of the boot loader, or 0. */
  l4_uint64_t cmdline;
  l4_uint64_t mods_addr;
  l4_uint32_t mods_count;
  l4_uint32_t _pad;
  l4_uint64_t vbe_ctrl_info;
  l4_uint64_t vbe_mode_info;
} l4util_l4mod_info;

// SPDX-License-Identifier: MIT
/** Command line of a multiboot program as arguments. */
#pragma once

#include <l4/sys/types.h>
#include <l4/util/mb_info.h>

enum { L4UTIL_MBI_MAX_ARGS = 64 };

L4_BEGIN_DECLS

/** What l4util_mbi_to_argv() found; l4util_argv ends with a null pointer. */
extern int l4util_argc;
extern char *l4util_argv[L4UTIL_MBI_MAX_ARGS + 1];

/**
 * Split the command line of a boot information at blanks; quotes (' and ") hold words together.
 * The line itself is changed.
 * \param flag  L4UTIL_MB_CMDLINE as in the flags that the loader set; without it, and without a
 *              line, there are no arguments.
 */
L4_CV void l4util_mbi_to_argv(l4_mword_t flag, l4util_mb_info_t *mbi) L4_NOTHROW;

L4_END_DECLS

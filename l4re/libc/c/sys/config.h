/* SPDX-License-Identifier: MIT */
/*
 * Choices that newlib leaves to a port. The same values stand in the flags with which newlib is
 * built (mk/third-party/newlib/recipe.sh): both must change together.
 */
#ifndef L4_LIBC_SYS_CONFIG_H
#define L4_LIBC_SYS_CONFIG_H

#define _READ_WRITE_RETURN_TYPE  _ssize_t
#define _READ_WRITE_BUFSIZE_TYPE __SIZE_TYPE__
#define _CLOCKS_PER_SEC_         1000000

/* Every descriptor fits in a set (l4re/l4re_vfs, descriptor_table.h). */
#ifndef FD_SETSIZE
#define FD_SETSIZE 256
#endif

/* What newlib was configured for, also if this header is the first of all. */
#include <newlib.h>
#include_next <sys/config.h>

#endif

/* SPDX-License-Identifier: MIT */
/* newlib's header names types of <sys/types.h> without including it. */
#ifndef L4_LIBC_REGEX_H
#define L4_LIBC_REGEX_H

#include <sys/types.h>
#include_next <regex.h>

#endif

/* SPDX-License-Identifier: MIT */
/* Order of constructors at the start of a program (process-environment.md section 11). */
#pragma once

#include <l4/sys/compiler.h> /* L4_DECLARE_CONSTRUCTOR(function, priority) */

/* Smaller numbers run earlier. Constructors without a priority run last. */
#define INIT_PRIO_EARLY                 101
#define INIT_PRIO_L4RE_UTIL_CAP_ALLOC   200
#define INIT_PRIO_VFS_INIT              400
#define INIT_PRIO_LIBIO_INIT            1100
#define INIT_PRIO_RTC_L4LIBC_INIT       1200
#define INIT_PRIO_TCPIP                 1300
#define INIT_PRIO_LATE                  5000

/* SPDX-License-Identifier: MIT */
/*
 * The C++ headers of the host's compiler ask the C library for its version here. Any version is
 * older than what they look for: this is not the library they know.
 */
#ifndef L4_LIBC_FEATURES_H
#define L4_LIBC_FEATURES_H

#include <sys/features.h>

#define __GLIBC_PREREQ(major, minor) 0

#endif

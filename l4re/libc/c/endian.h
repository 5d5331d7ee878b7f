/* SPDX-License-Identifier: MIT */
/* The order of bytes. */
#ifndef L4_LIBC_ENDIAN_H
#define L4_LIBC_ENDIAN_H

#include <stdint.h>
#include <sys/endian.h>

#endif

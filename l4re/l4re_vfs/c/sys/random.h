/* SPDX-License-Identifier: MIT */
/* Random bytes. */
#ifndef _SYS_RANDOM_H_
#define _SYS_RANDOM_H_

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GRND_NONBLOCK 1
#define GRND_RANDOM   2

/* Never blocks and never returns less than `size`. */
ssize_t getrandom(void *buffer, size_t size, unsigned flags);

#ifdef __cplusplus
}
#endif

#endif

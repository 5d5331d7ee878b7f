/* SPDX-License-Identifier: MIT */
/* The functions that newlib has under names of its own. */
#ifndef L4_LIBC_STDIO_H
#define L4_LIBC_STDIO_H

#include_next <stdio.h>

#if __POSIX_VISIBLE >= 200809
#ifdef __cplusplus
extern "C" {
#endif

/* Bytes read with the delimiter, -1 at the end of the file; *line grows by realloc(). */
ssize_t getline(char **__restrict line, size_t *__restrict size, FILE *__restrict file);
ssize_t getdelim(char **__restrict line, size_t *__restrict size, int delimiter,
                 FILE *__restrict file);

#ifdef __cplusplus
}
#endif
#endif

#endif

// SPDX-License-Identifier: MIT
#pragma once

#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1

#ifdef __cplusplus
extern "C" {
#endif

/// Supplied by the program, usually through `Libc_minimal::Heap`. Null when memory is exhausted.
void *malloc(size_t size);
/// Supplied by the program together with `malloc`.
void free(void *p);

/// Print who called and stop the program (exit status 134).
__attribute__((noreturn)) void abort(void);
__attribute__((noreturn)) void exit(int status);
/// Ends the program. Weak: sleeps forever here, itas replaces it.
__attribute__((noreturn)) void _exit(int status);
int atexit(void (*function)(void));

long strtol(char const *s, char **end, int base);
unsigned long strtoul(char const *s, char **end, int base);

#ifdef __cplusplus
}
#endif

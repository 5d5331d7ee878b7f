// SPDX-License-Identifier: MIT
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void *memcpy(void *__restrict dst, void const *__restrict src, size_t n);
void *memmove(void *dst, void const *src, size_t n);
void *memset(void *dst, int value, size_t n);
int memcmp(void const *a, void const *b, size_t n);
void *memchr(void const *s, int c, size_t n);

size_t strlen(char const *s);
size_t strnlen(char const *s, size_t max);
int strcmp(char const *a, char const *b);
int strncmp(char const *a, char const *b, size_t n);
char *strchr(char const *s, int c);
char *strrchr(char const *s, int c);
char *strstr(char const *s, char const *what);
char *strcpy(char *__restrict dst, char const *__restrict src);
char *strncpy(char *__restrict dst, char const *__restrict src, size_t n);

#ifdef __cplusplus
}
#endif

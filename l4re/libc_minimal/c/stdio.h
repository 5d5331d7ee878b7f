// SPDX-License-Identifier: MIT
#pragma once

#include <stdarg.h>
#include <stddef.h>

#define EOF (-1)

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Formatted output to the log capability (index 5), in messages of at most 488 bytes.
 *
 * Conversions: `%c %s %d %i %u %x %X %o %p %%`, lengths `hh h l ll z j t`, flags `0 - + # space`,
 * width and precision as numbers or `*`. The message registers of the caller are preserved.
 * \return number of characters
 */
int printf(char const *format, ...) __attribute__((format(printf, 1, 2)));
int vprintf(char const *format, va_list args) __attribute__((format(printf, 1, 0)));
int snprintf(char *buffer, size_t size, char const *format, ...)
    __attribute__((format(printf, 3, 4)));
int vsnprintf(char *buffer, size_t size, char const *format, va_list args)
    __attribute__((format(printf, 3, 0)));
int puts(char const *line);
int putchar(int c);

#ifdef __cplusplus
}
#endif

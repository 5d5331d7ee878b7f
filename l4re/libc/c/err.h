/* SPDX-License-Identifier: MIT */
/* Messages with the program's name on stderr: `NAME: text: error`, the x forms without the error.
 */
#ifndef L4_LIBC_ERR_H
#define L4_LIBC_ERR_H

#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

void warn(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));
void warnx(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));
void vwarn(const char *format, va_list args);
void vwarnx(const char *format, va_list args);
/* These end the program. */
void err(int status, const char *format, ...)
    __attribute__((__noreturn__, __format__(__printf__, 2, 3)));
void errx(int status, const char *format, ...)
    __attribute__((__noreturn__, __format__(__printf__, 2, 3)));
void verr(int status, const char *format, va_list args) __attribute__((__noreturn__));
void verrx(int status, const char *format, va_list args) __attribute__((__noreturn__));

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: MIT */
/* Characters of UTF-16 and UTF-32 from and to those of the locale (C11). */
#ifndef L4_LIBC_UCHAR_H
#define L4_LIBC_UCHAR_H

#include <stddef.h>
#include <sys/_types.h>

#ifndef _MBSTATE_T
#define _MBSTATE_T
typedef _mbstate_t mbstate_t;
#endif

#ifdef __cplusplus
extern "C" {
#else
typedef __CHAR16_TYPE__ char16_t;
typedef __CHAR32_TYPE__ char32_t;
#endif

/*
 * As mbrtowc() and wcrtomb(). A character above U+FFFF takes two calls: mbrtoc16() answers
 * (size_t)-3 for the second half, without reading, and c16rtomb() 0 for the first one. EILSEQ: no
 * such character, or half of one. A null state is a hidden one of each function, not for threads.
 */
size_t mbrtoc16(char16_t *__restrict wide, const char *__restrict text, size_t size,
                mbstate_t *__restrict state);
size_t c16rtomb(char *__restrict text, char16_t wide, mbstate_t *__restrict state);
size_t mbrtoc32(char32_t *__restrict wide, const char *__restrict text, size_t size,
                mbstate_t *__restrict state);
size_t c32rtomb(char *__restrict text, char32_t wide, mbstate_t *__restrict state);

#ifdef __cplusplus
}
#endif

#endif

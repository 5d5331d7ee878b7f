/* SPDX-License-Identifier: MIT */
/* Searches through arrays and lists that newlib does not have. */
#ifndef L4_LIBC_SEARCH_H
#define L4_LIBC_SEARCH_H

#include_next <search.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The first of *count elements of `size` bytes that `compare` answers 0 for, else a null pointer;
   lsearch() appends the key instead and counts it. */
void *lfind(const void *key, const void *base, size_t *count, size_t size,
            int (*compare)(const void *, const void *));
void *lsearch(const void *key, void *base, size_t *count, size_t size,
              int (*compare)(const void *, const void *));

/* Lists of structures that begin with the pointers to the next and the previous one. A null
   `before` begins a list. */
void insque(void *element, void *before);
void remque(void *element);

#ifdef __cplusplus
}
#endif

#endif

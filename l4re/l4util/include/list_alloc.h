// SPDX-License-Identifier: MIT
/** Memory allocator in C: first fit in a list of free blocks; see <l4/cxx/list_alloc>. */
#pragma once

#include <l4/sys/l4int.h>
#include <l4/sys/compiler.h>

/** A free block, sorted by address. */
typedef struct l4la_free_t {
  struct l4la_free_t *next;
  l4_size_t size;
} l4la_free_t;

L4_BEGIN_DECLS

/** An empty list. */
L4_INLINE void l4la_init(l4la_free_t **first) L4_NOTHROW
{
  *first = 0;
}

/** Give a block to the list; `size` is that of the allocation, or of new memory. */
L4_CV void l4la_free(l4la_free_t **first, void *block, l4_size_t size) L4_NOTHROW;
/** \param align  log2 of the alignment, bytes. \return the block, or a null pointer */
L4_CV void *l4la_alloc(l4la_free_t **first, l4_size_t size, unsigned align) L4_NOTHROW;
/** Bytes that are free. */
L4_CV l4_size_t l4la_avail(l4la_free_t **first) L4_NOTHROW;
/** Print the free blocks through the kernel debugger. */
L4_CV void l4la_dump(l4la_free_t **first) L4_NOTHROW;

L4_END_DECLS

/* SPDX-License-Identifier: MIT */
/* Where libumalloc gets its memory from. */
#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/l4int.h>

L4_BEGIN_DECLS

/**
 * Provide memory for the allocator; written by the program.
 * \param size  Bytes, a multiple of the page size: at least so much is needed now.
 * \return `size` bytes, aligned to 16, that stay there for ever; or a null pointer: malloc fails.
 */
void *umalloc_area_create(l4_size_t size);

L4_END_DECLS

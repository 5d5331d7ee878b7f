/* SPDX-License-Identifier: MIT */
#pragma once

#include <l4/sys/types.h>

#include <sys/types.h>

/**
 * \file
 * Text to and from a virtual console, as POSIX wants it. Both preserve the message registers:
 * printing does not disturb a message under construction.
 */

EXTERN_C_BEGIN

/// In messages of at most 488 bytes; a shorter text is one message, so that the lines of several
/// programs do not mix. \return `size`: a console that is gone swallows the text
ssize_t libc_vcon_write(l4_cap_idx_t vcon, void const *data, size_t size);

/// What is there, without waiting. \return bytes, 0: nothing; -EIO
ssize_t libc_vcon_read(l4_cap_idx_t vcon, void *data, size_t size);

EXTERN_C_END

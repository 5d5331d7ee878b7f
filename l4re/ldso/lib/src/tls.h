// SPDX-License-Identifier: MIT
#pragma once

#include "object.h"

/**
 * \file
 * Thread-local storage of a program with shared libraries (x86-64 psABI, variant II).
 *
 * Variables of what is there at the start lie below the thread control block, in every thread's
 * first block. Those of libraries that come later get a block when a thread touches them.
 */
namespace Ldso {

/// Objects with thread-local variables at the same time.
constexpr unsigned Max_tls_modules = 128;

/// Give the object a module number if it has thread-local variables. `in_first_block`: only before
/// the first thread's block is made. False: too many modules, see set_error().
bool add_tls(Object &object, bool in_first_block);
void remove_tls(Object &object);

/// Distance from the thread control block down to the module's variables; 0: not in the first block.
l4_size_t tls_distance(unsigned module);

/// The calling thread's instance of a variable.
void *tls_address(unsigned module, l4_addr_t offset);

} // namespace Ldso

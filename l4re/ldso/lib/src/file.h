// SPDX-License-Identifier: MIT
#pragma once

#include "object.h"

namespace Ldso {

/**
 * Place the file of a library in memory.
 *
 * Text and constants are pages of the file itself, shared by all that use it; data is a copy.
 *
 * \param path  the first component is a capability that the program was given (`rom/libfoo.so`)
 * \param[out] missing  set when there is no such file: then it may be elsewhere
 * \return null after an error that set_error() tells
 */
Object *load_file(char const *path, bool *missing);

/// Take the pages of an object out of memory.
void unload_file(Object const &object);

} // namespace Ldso

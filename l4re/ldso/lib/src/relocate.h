// SPDX-License-Identifier: MIT
#pragma once

#include "object.h"

namespace Ldso {

/**
 * Fill in the addresses in an object, and make read-only what asks for it afterwards.
 *
 * \param now  resolve all functions; otherwise each when it is called for the first time, unless the
 *             object demands it
 * \return false after an error that set_error() tells
 */
bool relocate(Object &object, bool now);

} // namespace Ldso

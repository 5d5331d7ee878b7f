// SPDX-License-Identifier: MIT
#pragma once

#include "object.h"

namespace Moe {

/**
 * Remember that the answer to this message carries the first capability of an object. If the
 * client cannot receive it the object is deleted: nobody would ever know about it.
 */
void expect_delivery(Object *object);

/**
 * Give up a reference of an object whose code may be running: it happens after the answer was
 * composed.
 */
void unref_later(Charged *object);

/// Serve all clients. Never returns.
[[noreturn]] void serve();

/// Register for notices about deleted gates; must come before the first object.
void init_server();

} // namespace Moe

// SPDX-License-Identifier: MIT
#pragma once

#include "options.h"

#include <stdarg.h>

namespace Moe {

extern Options options;

/// Print a message of one debug class, if that is enabled; the text starts with "moe: ".
void debug(Debug_class debug_class, char const *format, ...) __attribute__((format(printf, 2, 3)));

/// Print why moe cannot go on, and stop. The text says what to do.
[[noreturn]] void panic(char const *format, ...) __attribute__((format(printf, 1, 2)));

/// Name of an L4 error number, for messages.
char const *error_name(long err);

} // namespace Moe

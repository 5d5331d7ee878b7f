// SPDX-License-Identifier: MIT
#pragma once

namespace boot {

/// Print CPU exceptions and stop, instead of a silent reset. Also serves a kernel in its first
/// instructions, until it loads its own table.
void catch_exceptions();

} // namespace boot

// SPDX-License-Identifier: MIT
// Names of the operations of kernel objects (abi/kernel-objects.md).
#pragma once

#include "types/types.h"

namespace jdb {

/// Name of the operation `opcode` (MR0) of a protocol, or null.
char const *operation_name(i64 protocol, Word opcode);

} // namespace jdb

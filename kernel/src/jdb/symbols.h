// SPDX-License-Identifier: MIT
// Names of the kernel's functions, for addresses in its text.
#pragma once

#include "types/types.h"

namespace jdb {

/// Print an address of the kernel's text with the function that it belongs to: "ADDRESS
/// NAME+0xOFFSET". A return address belongs to the instruction before it, which may be the last of
/// a function.
enum class Code : u8 { Current, Return };
void print_code(Word address, Code kind = Code::Current);
/// The same for the functions on the kernel's stack, from this frame pointer on, a line each.
void print_callers(Word frame_pointer);

} // namespace jdb

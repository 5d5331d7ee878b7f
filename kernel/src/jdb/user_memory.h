// SPDX-License-Identifier: MIT
// A task's memory, read through its page tables: never faults, sets no access flags.
#pragma once

#include "types/types.h"

class Task;

namespace jdb {

/// One byte, or -1 if nothing is mapped there.
int read_user(Task &task, Word address);
/// An aligned or unaligned word; false if not all of it is mapped.
bool read_user_word(Task &task, Word address, Word &value);
bool is_executable(Task &task, Word address);

} // namespace jdb

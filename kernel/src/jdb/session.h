// SPDX-License-Identifier: MIT
// From the entry into the debugger to its end.
#pragma once

#include "types/types.h"

struct Frame;

namespace jdb {

/// A stay in the debugger. One CPU runs it, all others are stopped.
class Session {
public:
  enum class Kind : u8 {
    Visit,    ///< the system can go on afterwards
    Panic,    ///< it cannot
    Commands, ///< run the given commands, ask nobody
  };

  /// Enter the debugger. `why` is shown; `commands` are separated by ';', at most `length` bytes.
  static void enter(Kind kind, char const *why, char const *commands = nullptr, Word length = 0);
  /// What can go wrong on purpose.
  enum class Accident : u8 { None, Panic, Fault, Hang };
  /// Called by a command: this stay is over; when all CPUs run again, this happens to this CPU.
  static void leave_by(Accident accident);
  /// Called by a command: this stay is over, unless it is a panic.
  static void leave();
  /// What to run at each entry; a copy is kept.
  static void set_entry_commands(char const *commands);
  /// The frame pointer of the function that entered.
  static Word frame_pointer();

private:
  static void run();
};

/// Options of the kernel's command line.
bool can_enter();

/// `typed` is the beginning of `name`.
bool matches(char const *typed, char const *name);

} // namespace jdb

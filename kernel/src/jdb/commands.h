// SPDX-License-Identifier: MIT
// What can be typed at the debugger's prompt.
#pragma once

#include "types/types.h"

namespace jdb {

/// The words of a command line.
struct Words {
  static constexpr unsigned Most = 8;
  unsigned count = 0;
  char *word[Most];

  /// Word `i`; an empty text if there are fewer.
  char const *operator[](unsigned i) const { return i < count ? word[i] : ""; }
};

/// A command. It prints, changes nothing unless its help says so, and ends soon: long output asks
/// Console::end_line() after each line.
struct Command {
  char const *name;
  char const *arguments;
  char const *help; ///< one line
  void (*run)(Words const &);
  unsigned needs = 0; ///< words that must be there
};

/// All commands, in the order of `help`.
extern Command const Commands[];
extern unsigned const Command_count;

/// Run one command line. Words are separated by blanks or ':' (kernel options have no blanks). A
/// name may be shortened as long as it is unique.
void run_command(char *line);

// show_threads.cc
void show_threads(Words const &);
void show_thread(Words const &);
// show_cpus.cc
void show_cpus(Words const &);
void show_registers(Words const &);
void show_ready(Words const &);
void show_timeouts(Words const &);
// show_objects.cc
void show_objects(Words const &);
void show_tasks(Words const &);
void show_caps(Words const &);
void show_memory(Words const &);
// show_pages.cc
void show_pages(Words const &);
void show_frame(Words const &);
void dump(Words const &);
// trace.cc
void trace_command(Words const &);
// explain.cc
void explain_command(Words const &);
void show_refusals(Words const &);

} // namespace jdb

// SPDX-License-Identifier: MIT
// What happened last on each CPU.
#pragma once

#include "jdb/hooks.h"
#include "types/types.h"

class Task;
class Thread;

namespace jdb {

/// One event. What the words mean depends on the kind: trace.cc, print_event().
struct Trace_event {
  u64 ticks;
  u32 thread; ///< number of the thread that ran
  Cpu_id cpu;
  u8 kind;
  Word word[5];
};
static_assert(sizeof(Trace_event) == 64);

/// A ring of events for each CPU, written only by this CPU: the newest events overwrite the oldest.
/// Recording is a few stores; kinds of events are switched on and off one by one, at first all are
/// on.
class Trace {
public:
  enum Kind : u8 { Ipc, Answer, Schedule, Fault, Map, Unmap, Object, Irq, User, Values, Kinds };

  /// Make the rings: `entries` for each CPU, 0 means the default. Without memory there is no trace.
  static void init(u32 entries);
  static bool is_on(Kind kind) { return _on >> kind & 1; }
  static void switch_kind(Kind kind, bool on);
  static char const *name_of(Kind kind);
  /// The kind with this name; Kinds: none.
  static Kind kind_of(char const *name);
  static void clear();
  /// Print the newest `count` events of all CPUs, newest first.
  static void show(Word count);

  static void log(Kind kind, Thread const *thread, Word a = 0, Word b = 0, Word c = 0, Word d = 0,
                  Word e = 0);

private:
  struct Ring {
    Trace_event *events;
    Word next; ///< number of the next event; its place is this modulo the length
  };
  static constexpr unsigned Max_cpus = 64;

  static constinit inline Ring _rings[Max_cpus] = {};
  static constinit inline Word _length = 0; ///< events of a ring, a power of two
  static constinit inline u32 _on = 0;
};

/// The hook for the rest of the kernel. Nothing in a release kernel.
template <class... Words> inline void trace(Trace::Kind kind, Thread const *thread, Words... words)
{
  if constexpr (Debug_kernel)
    if (Trace::is_on(kind))
      Trace::log(kind, thread, (Word)words...); // numbers, enumerators, pointers
}

} // namespace jdb

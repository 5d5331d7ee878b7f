// SPDX-License-Identifier: MIT
// Failures explain themselves: one line for each operation that the kernel refuses.
#pragma once

#include "jdb/site.h"
#include "types/types.h"

class Kobject;
class Outcome;
class Task;
class Thread;
enum class Ipc_error : u8;
struct Invocation;

namespace jdb {

/// A kernel object has answered. Says why if the answer is an error.
void explain(Invocation const &call, Kobject const &object, Outcome const &outcome);
/// A system call fails as an IPC before it reached a partner. Timeouts and cancelled waits are
/// nobody's fault and are not explained.
void explain(Thread const &caller, Ipc_error error, Site site);
/// The items of a message could not be transferred.
void explain(Thread const &sender, Thread const &receiver, Ipc_error error);
/// A thread stops because nobody handles its fault.
void explain_halt(Thread const &thread);

/// Whose failures are explained: those of tasks that were switched on or off by themselves, and
/// of all others as the general switch says (on, unless the debugger is off).
class Explanations {
public:
  static void switch_all(bool on) { _on = on; }
  static void switch_task(Task const &task, bool on);
  static bool covers(Task const &task);

private:
  static inline constinit bool _on = true;
};

} // namespace jdb

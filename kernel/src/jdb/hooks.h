// SPDX-License-Identifier: MIT
// The doors of the kernel debugger: what the rest of the kernel tells it. Every call stands behind
// `if constexpr (Debug_kernel)`, so that nothing of it is in a release kernel.
#pragma once

#include "types/types.h"

class Kobject;
class Outcome;
struct Invocation;
struct Frame;

/// True in debug kernels (make DEBUG=y), which have debugger, trace buffer and explanations.
#ifdef FURORE_DEBUG
constexpr bool Debug_kernel = true;
#else
constexpr bool Debug_kernel = false;
#endif

namespace jdb {

/// The boot CPU has its objects and the console works; no user program runs yet. Obeys the options
/// -wait, -jdb_cmd, -nojdb, -jdb_never_stop, -serial_esc.
void start();

/// Whether somebody may look: system calls then take the general way, which tells what it does.
/// False with -nojdb.
constinit inline bool watches = false;

/// An object came into being, or its memory is about to go.
void object_made(Kobject const &);
void object_gone(Kobject const &);

/// panic() has printed its message. Returns if there is no debugger to enter.
void panicked();
/// An exception in kernel mode that the debugger itself caused, in one of its careful reads or by a
/// bug: the frame is changed so that it goes on. False: it is the kernel's. Otherwise `frame` is
/// noted for the panic that follows.
bool handles_exception(Frame &frame);

/// Characters have come: is ESC among them? All others are kept for console_get().
void console_input();
/// Next input character for user space, or -1.
int console_get();

/// Operations on objects (group 1) and on the trace (group 2) of the debugger object.
Outcome object_operation(Invocation &call);
Outcome trace_operation(Invocation &call);

/// A program asks for the debugger. The text is in its UTCB and of any length. One that begins with
/// "*#" holds commands, which are run without stopping. False: there is no debugger to enter.
bool enter_by_user(char const *text, Word length);

} // namespace jdb

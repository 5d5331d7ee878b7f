// SPDX-License-Identifier: MIT
// Things that deliver messages to a thread they are bound to: IPC gates and IRQ objects.
#pragma once

#include "obj/thread.h"

/// The binding of a gate or IRQ object. It holds a reference: the memory of a thread that has died stays, charged as
/// before, until the last of its endpoints is bound again, detached, or gone. Changed by a new object, or by the holder
/// with all CPUs stopped, since every CPU reads it without a lock.
class Endpoint {
public:
  /// Bound thread; it may have died (messages to it fail). Null: never bound, or detached.
  Thread *thread() const { return _thread; }
  /// A thread is bound that has not died.
  bool is_bound() const { return _thread && !_thread->is_dead(); }

  void attach(Thread &thread)
  {
    Thread *before = _thread;
    thread.keep();
    _thread = &thread;
    if (before) before->let_go();
  }
  /// Back to the state before the first binding.
  void detach()
  {
    Thread *before = _thread;
    _thread = nullptr;
    if (before) before->let_go();
  }

private:
  Thread *_thread = nullptr;
};

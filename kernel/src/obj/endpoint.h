// SPDX-License-Identifier: MIT
// Things that deliver messages to a thread they are bound to: IPC gates and IRQ objects.
#pragma once

#include "types/list.h"
#include "types/types.h"

class Thread;

/// The binding of a gate or IRQ object. The thread keeps a ring of its endpoints, so that none of
/// them refers to it any longer when its memory is given back.
class Endpoint {
public:
  /// Bound thread; it may be dying (messages to it then fail). Null: never bound, detached, or dead.
  Thread *thread() const { return _thread; }
  /// A thread was bound and has died since.
  bool is_orphaned() const { return _orphaned; }

  void attach(Thread &thread);
  /// Back to the state before the first binding.
  void detach();

private:
  friend class Thread;
  static Endpoint &of(Link *link) { return owner_of(*link, &Endpoint::_link); }

  Thread *_thread = nullptr;
  Link _link;
  bool _orphaned = false;
};

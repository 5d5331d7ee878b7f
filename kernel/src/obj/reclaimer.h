// SPDX-License-Identifier: MIT
// The end of kernel objects, in bounded steps.
#pragma once

#include "types/types.h"

class Kobject;

/// Per CPU: dead objects on their way out. Whoever kills objects works the list off as a
/// continuation of its own system call, at its own priority; if it died itself, the idle thread or
/// the next one that kills something does. Memory is given back only in a later transaction than
/// the one in which the object became unreachable and with all other CPUs stopped, so no pointer
/// outlives its object.
class Reclaimer {
public:
  bool has_work() const { return _dying || _retired; }
  /// Whether objects died since this was last asked: then the asking thread has the work to do.
  bool take_fresh()
  {
    bool fresh = _fresh;
    _fresh = false;
    return fresh;
  }
  /// A dead object: from here on the Reclaimer owns it.
  void add(Kobject &object);
  /// An object that is dismantled and only waits for the grace period (tasks: after their last
  /// thread).
  void retire(Kobject &object);
  /// One bounded step, at the start of a transaction; may wait to become the holder (sched/hold.h).
  /// True when nothing is left.
  bool step();

private:
  Kobject *_dying = nullptr, **_dying_end = &_dying; ///< to be dismantled, first come first served
  Kobject *_retired = nullptr;                       ///< to be freed
  bool _fresh = false;
};

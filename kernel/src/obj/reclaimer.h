// SPDX-License-Identifier: MIT
// The end of kernel objects, in bounded steps.
#pragma once

#include "types/types.h"

class Kobject;
class Thread;

/// Per CPU: dead objects on their way out. Whoever kills objects works the list off as a
/// continuation of its own system call, at its own priority; if it died itself, the idle thread or
/// the next one that kills something does. Memory is given back only in a later transaction than
/// the one in which the object became unreachable and with all other CPUs stopped, so no pointer
/// outlives its object.
class Reclaimer {
public:
  bool has_work() const { return _dying; }
  /// Whether objects died since this was last asked: then the asking thread has the work to do.
  bool take_fresh() { return _fresh && !(_fresh = false); }
  /// A dead object: from here on the Reclaimer owns it. `is_stopped`: its stop() was done.
  void add(Kobject &object, bool is_stopped);
  /// One bounded step, at the start of a transaction; may wait to become the holder (sched/hold.h).
  /// True when nothing is left.
  bool step();
  /// die() as the last thing that a short system call of `self` does, which keeps no pointer to the object: bury it
  /// here, if that does not take long, and nobody else is the holder.
  void bury_at_once(Kobject &object, Thread const &self);

private:
  void advance(bool shared);
  static void dispose(Kobject &object);

  Kobject *_dying = nullptr, **_dying_end = &_dying; ///< first come first served
  bool _fresh = false;
};

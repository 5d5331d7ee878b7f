// SPDX-License-Identifier: MIT
// Reply capabilities (abi/ipc.md section 7).
#pragma once

#include "types/types.h"

class Thread;

/// Holds the thread that called and waits for an answer, with the rights of the capability it used.
/// Slot and caller point to each other, so that whichever ends first leaves no dangling link:
/// the caller's wait ending for any reason empties the slot, a slot that goes forgets the caller.
/// A thread's slot belongs to the thread's home CPU, a task's slot to whoever is the holder
/// (sched/hold.h).
class Reply_slot {
public:
  enum class Owner : u8 { Task, Thread };

  Reply_slot() = default;
  explicit Reply_slot(Owner owner) : _owner(owner) {}
  Reply_slot(Reply_slot const &) = delete;
  Reply_slot &operator=(Reply_slot const &) = delete;

  Thread *caller() const { return _caller; }
  u8 rights() const { return _rights; }
  bool is_of_thread() const { return _owner == Owner::Thread; }
  /// Store a caller; the slot is empty.
  inline void put(Thread &caller, u8 rights);
  /// Empty the slot and return who was in it.
  inline Thread *take();

private:
  Thread *_caller = nullptr;
  u8 _rights = 0;
  Owner _owner = Owner::Task;
};

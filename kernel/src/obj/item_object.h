// SPDX-License-Identifier: MIT
// Capability arguments of kernel operations (abi/kernel-objects.md section 0).
#pragma once

#include "ipc/invocation.h"

/// The object named by a capability item of an invocation, or the outcome to answer with. Looked up in the caller's
/// task; nothing is mapped. Errors: Inval (no item announced, void item, empty slot, other type), IPC
/// error 0x08 (other kind of flexpage), Perm (the slot lacks a right; those of the flexpage do not count).
class Item_object {
public:
  explicit operator bool() const { return _cap.object; }
  Outcome error() const { return _error; }
  /// Stored rights of the slot.
  u8 rights() const { return _cap.flags; }

protected:
  Item_object(Invocation &call, unsigned types, u8 right, unsigned index)
      : _cap(look_up(call, types, right, index, _error))
  {
  }
  Outcome _error = Outcome::ok();
  Cap _cap;

private:
  static Cap look_up(Invocation &call, unsigned types, u8 right, unsigned index, Outcome &error);
};

/// As above, for objects of class T; `right`: the Cap_slot flag that is needed, 0 for none; `index`: which of the items.
template <class T> class Item : public Item_object {
public:
  explicit Item(Invocation &call, u8 right = 0, unsigned index = 0)
      : Item_object(call, T::Types, right, index)
  {
  }
  T &operator*() const { return static_cast<T &>(*_cap.object); }
  T *operator->() const { return &**this; }
};

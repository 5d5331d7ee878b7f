// SPDX-License-Identifier: MIT
// Capability arguments of kernel operations (abi/kernel-objects.md section 0).
#pragma once

#include "obj/task.h"
#include "obj/thread.h"

/// The object of class T named by a capability item of an invocation, or the outcome to answer with. Looked up in the
/// caller's task; nothing is mapped. `right`: the Cap_slot flag that is needed, 0 for none; `index`: which of the items.
/// Errors: Inval (no item announced, void item, empty slot, other type), IPC error 0x08 (other kind of flexpage), Perm
/// (the slot lacks the right; those of the flexpage do not count).
template <class T> class Item {
public:
  [[gnu::always_inline]] explicit Item(Invocation &call, u8 right = 0, unsigned index = 0)
      : _error(look_up(call, right, index))
  {
  }
  explicit operator bool() const { return _cap.object; }
  Outcome error() const { return _error; }
  /// Stored rights of the slot.
  u8 rights() const { return _cap.flags; }
  T &operator*() const { return static_cast<T &>(*_cap.object); }
  T *operator->() const { return &**this; }

private:
  [[gnu::always_inline]] Outcome look_up(Invocation &call, u8 right, unsigned index)
  {
    constexpr unsigned Alive = T::Types & ~Kobject::bit(Kobject::Type::Dead);
    unsigned mr = call.tag.words() + 2 * index;
    if (call.tag.items() <= index || mr + 2 > Utcb::Mr_count || call.mr(mr) == 0)
      return Errno::Inval; // the message has no capability item at this place
    Fpage fpage(call.mr(mr + 1));
    if (fpage.type() != Fpage::Type::Obj)
      return Ipc_error::Send_cut; // the item is not an object flexpage
    Cap cap = Cap_slot::decode(call.caller.task()->obj().entry_of(fpage.raw()));
    if (!cap) return Errno::Inval; // the slot that the item names is empty
    if (!(Alive >> unsigned(cap.object->type()) & 1))
      return Errno::Inval; // the item names an object of another type
    if (right & ~cap.flags)
      return Errno::Perm; // the capability in the message lacks the right that is needed
    _cap = cap;
    return Outcome::ok();
  }

  Cap _cap; ///< first: the look-up for _error sets it
  Outcome _error;
};

// SPDX-License-Identifier: MIT
// Capability arguments of kernel operations (abi/kernel-objects.md section 0).
#pragma once

#include "ipc/invocation.h"
#include "obj/task.h"
#include "obj/thread.h"

/// The object named by an item of an invocation, or the outcome to answer with.
template <class T> class Item_object {
public:
  Item_object(Outcome error) : _outcome(error) {}
  Item_object(T &object, u8 rights) : _outcome(Outcome::ok()), _object(&object), _rights(rights) {}
  explicit operator bool() const { return _object; }
  Outcome outcome() const { return _outcome; }
  T &object() const { return *_object; }
  /// Stored rights of the slot; those of the flexpage do not count.
  u8 rights() const { return _rights; }

private:
  Outcome _outcome;
  T *_object = nullptr;
  u8 _rights = 0;
};

/// Look the capability item at `index` (default: the first) up in the caller's task. Nothing is mapped.
/// Errors: Inval (no item announced, void item, empty slot), IPC error 0x08 (other kind of flexpage).
inline Item_object<Kobject> item_object(Invocation &call, unsigned index = 0)
{
  unsigned mr = call.tag.words() + 2 * index;
  if (call.tag.items() <= index || mr + 2 > Utcb::Mr_count || call.mr(mr) == 0)
    return Outcome(Errno::Inval); // the message has no capability item at this place
  Fpage fpage(call.mr(mr + 1));
  if (fpage.type() != Fpage::Type::Obj) return Outcome(Ipc_error::Send_cut); // the item is not an object flexpage
  Cap cap = call.caller.task()->obj().lookup(Cap_index(fpage.index()));
  if (!cap) return Outcome(Errno::Inval); // the slot that the item names is empty
  return {*cap.object, cap.flags};
}

/// As above, for an object of one type; another type is answered with Inval.
template <class T> Item_object<T> item_object(Invocation &call, Kobject::Type type, unsigned index = 0)
{
  auto item = item_object(call, index);
  if (!item) return item.outcome();
  if (item.object().type() != type) return Outcome(Errno::Inval); // the item names an object of another type
  return {static_cast<T &>(item.object()), item.rights()};
}

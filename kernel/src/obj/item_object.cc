// SPDX-License-Identifier: MIT
#include "obj/item_object.h"

#include "obj/task.h"
#include "obj/thread.h"

Item_object::Item_object(Invocation &call, unsigned types, u8 right, unsigned index)
    : _error(look_up(call, types, right, index))
{
}

Outcome Item_object::look_up(Invocation &call, unsigned types, u8 right, unsigned index)
{
  unsigned mr = call.tag.words() + 2 * index;
  if (call.tag.items() <= index || mr + 2 > Utcb::Mr_count || call.mr(mr) == 0)
    return Errno::Inval; // the message has no capability item at this place
  Fpage fpage(call.mr(mr + 1));
  if (fpage.type() != Fpage::Type::Obj)
    return Ipc_error::Send_cut; // the item is not an object flexpage
  Cap cap = call.caller.task()->obj().lookup(Cap_index(fpage.index()));
  if (!cap) return Errno::Inval; // the slot that the item names is empty
  if (!(types >> unsigned(cap.object->type()) & 1))
    return Errno::Inval; // the item names an object of another type
  if (right & ~cap.flags)
    return Errno::Perm; // the capability in the message lacks the right that is needed
  _cap = cap;
  return Outcome::ok();
}

// SPDX-License-Identifier: MIT
#include "obj/item_object.h"

#include "obj/task.h"
#include "obj/thread.h"

Cap Item_object::look_up(Invocation &call, unsigned types, u8 right, unsigned index, Outcome &error)
{
  auto fails = [&error](Outcome why) {
    error = why;
    return Cap{};
  };
  unsigned mr = call.tag.words() + 2 * index;
  if (call.tag.items() <= index || mr + 2 > Utcb::Mr_count || call.mr(mr) == 0)
    return fails(Errno::Inval); // the message has no capability item at this place
  Fpage fpage(call.mr(mr + 1));
  if (fpage.type() != Fpage::Type::Obj)
    return fails(Ipc_error::Send_cut); // the item is not an object flexpage
  Cap cap = Cap_slot::decode(call.caller.task()->obj().entry_of(fpage.raw()));
  if (!cap) return fails(Errno::Inval); // the slot that the item names is empty
  unsigned alive = types & ~Kobject::bit(Kobject::Type::Dead);
  if (!(alive >> unsigned(cap.object->type()) & 1))
    return fails(Errno::Inval); // the item names an object of another type
  if (right & ~cap.flags)
    return fails(Errno::Perm); // the capability in the message lacks the right that is needed
  return cap;
}

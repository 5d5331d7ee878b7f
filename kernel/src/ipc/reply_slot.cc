// SPDX-License-Identifier: MIT
#include "ipc/reply_slot.h"

#include "obj/thread.h"

void Reply_slot::put(Thread &caller, u8 rights)
{
  take();
  put_in_empty(caller, rights);
}

Thread *Reply_slot::take()
{
  Thread *caller = _caller;
  if (caller) {
    caller->_stored_in = nullptr;
    _caller = nullptr;
  }
  return caller;
}

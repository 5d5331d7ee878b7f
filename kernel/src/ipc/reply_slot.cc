// SPDX-License-Identifier: MIT
#include "ipc/reply_slot.h"

#include "obj/thread.h"

void Reply_slot::put(Thread &caller, u8 rights)
{
  take();
  _caller = &caller;
  _rights = rights;
  caller._stored_in = this;
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

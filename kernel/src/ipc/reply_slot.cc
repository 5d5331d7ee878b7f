// SPDX-License-Identifier: MIT
#include "ipc/reply_slot.h"

#include "obj/thread.h"

void Reply_slot::put(Thread &caller, u8 rights)
{
  take();
  put_in_empty(caller, rights);
}

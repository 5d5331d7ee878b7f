// SPDX-License-Identifier: MIT
// The common messages in one go: a call, or an answer with an open wait, without typed items, to a
// partner that waits for exactly this on the same CPU and may run at once. Nothing is queued, no
// lock is taken. Every condition that does not hold leaves the state untouched for Ipc::invoke().
#include "ipc/entry.h"
#include "ipc/system_call_inline.h"

inline Thread *System_call::call(Thread &self, Word tag, Word entry)
{
  Cap cap = Cap_slot::decode(entry);
  Destination to = destination(self, cap, i64(tag) >> 16);
  if (!(tag & Items) && can_call(self, to, tag)) [[likely]]
    return pass_call(self, to, cap, tag);
  return call_with_page(self, tag, entry);
}

inline Thread *System_call::reply(Thread &self, Word tag, Word selector)
{
  Thread *caller = self._implicit_reply.caller();
  if (!(tag & Items) && can_reply(self, caller, tag, Cpu::self().closed_receiver)) [[likely]]
    return pass_reply(self, *caller, tag);
  return reply_with_page(self, tag, selector);
}

extern "C" [[gnu::section(".text.hot.call")]] Thread *sys_call(Thread *self, Word tag, Word cap)
{
  return System_call::call(*self, tag, cap);
}

extern "C" [[gnu::section(".text.hot.reply")]] Thread *sys_reply(Thread *self, Word tag,
                                                                 Word selector)
{
  return System_call::reply(*self, tag, selector);
}

extern "C" Thread *sys_general(Thread *self, Word tag, Word selector)
{
  return Ipc::invoke(*self, tag, selector);
}

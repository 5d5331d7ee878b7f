// SPDX-License-Identifier: MIT
#include "obj/endpoint.h"

#include "obj/thread.h"

void Endpoint::attach(Thread &thread)
{
  detach();
  Lock_guard guard(thread._endpoints_lock);
  _thread = &thread;
  _link.insert_before(&thread._endpoints);
}

void Endpoint::detach()
{
  _orphaned = false;
  if (!_thread) return;
  Lock_guard guard(_thread->_endpoints_lock);
  _link.unlink();
  _thread = nullptr;
}

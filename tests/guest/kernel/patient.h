// SPDX-License-Identifier: MIT
// A thread whose faults and exceptions the test answers.
#pragma once

#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/thread.h>

namespace Tap {

/// Words of an exception message (abi/kernel-entry.md section 6).
constexpr l4_umword_t Exception_words = 26;
enum : unsigned {
  Mr_pfa = 11,
  Mr_rax = 15,
  Mr_trap = 16,
  Mr_err = 17,
  Mr_ip = 18,
  Mr_cs = 19,
  Mr_flags = 20,
  Mr_sp = 21,
  Mr_ss = 22,
  Mr_fs = 23
};

/// A worker whose faults and exceptions both come to the main thread.
struct Patient : Worker {
  explicit Patient(Body body, void *data = nullptr) : Worker(body, data)
  {
    l4_umword_t const flags = L4_THREAD_CONTROL_SET_PAGER | L4_THREAD_CONTROL_SET_EXC_HANDLER;
    CHECK_LABEL(call(cap(), L4_PROTO_THREAD, {flags, env.thread, env.thread, 0, 0, 0}), 0);
  }
  /// Start it and take its first message.
  Result first()
  {
    start();
    return wait(pair(0, half(500000)));
  }
};

/// Answer the exception with the state that stands in the message registers.
inline Result answer_state()
{
  return invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(0, Exception_words), Zero);
}

} // namespace Tap

// SPDX-License-Identifier: MIT
// A booted kernel and the hands of its user programs.
#pragma once

#include "arch/host/host.h"
#include "ipc/entry.h"
#include "ipc/invocation.h"
#include "obj/task.h"
#include "obj/thread.h"
#include "sched/cpu.h"

constexpr Word Send = 1, Receive = 2, Wait = 6, Call = 3, Reply_and_wait = 0xf;
constexpr Word Self = 0xfffffffffffff800;

/// The machine every test of the process shares: the kernel boots once.
class Machine {
public:
  static Machine &get()
  {
    static Machine machine;
    return machine;
  }

  Thread &current() { return *arch::this_cpu().current; }
  Utcb &utcb() { return current().utcb(); }
  Task &task() { return *current().task(); }

  /// The current thread executes `syscall`. Returns who is current then.
  Thread &invoke(Word selector, Msg_tag tag, Word timeout = 0, Word label = 0)
  {
    Thread *self = &current();
    self->frame().rax = tag.raw();
    host::system_call(self, label, selector, tag.raw(), timeout);
    return current();
  }
  /// The same for an operation that answers at once.
  Msg_tag call(Word cap, Msg_tag tag, Word timeout = 0)
  {
    invoke(cap << 12 | Call, tag, timeout);
    return Msg_tag(current().frame().rax);
  }
  /// The current thread accesses an address that is not mapped. error: 2 write, 16 fetch, 1
  /// present.
  Thread &page_fault(Word address, Word error = 4)
  {
    Thread *self = &current();
    self->frame().trapno = 14;
    self->frame().error = error;
    self->frame().pfa = address;
    host::leave_kernel(handle_trap(self));
    return current();
  }

  Thread *sigma0 = nullptr, *root = nullptr;

private:
  Machine()
  {
    host::boot();
    sigma0 = &current();
    // sigma0 waits for its first client: the root task comes to run
    invoke(Self | Wait, Msg_tag(0, 0, 0));
    root = &current();
  }
};

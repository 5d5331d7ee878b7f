// SPDX-License-Identifier: MIT
// IPC gates: the capability through which a client reaches a server thread (abi/ipc.md section 6).
#pragma once

#include "ipc/invocation.h"
#include "ipc/sender_queue.h"
#include "mem/slab.h"
#include "obj/endpoint.h"
#include "obj/kobject.h"

/// Forwards messages to the thread it is bound to, with a label that only the server can set.
class Ipc_gate final : public Kobject, public Endpoint {
public:
  /// Unbound.
  explicit Ipc_gate(Quota &quota) : Kobject(Type::Ipc_gate, quota) {}

  Word label() const { return _label; }
  /// What the receiver sees of a message through the capability.
  Word label_through(Cap cap) const { return _label | (cap.flags & (Cap_slot::W | Cap_slot::S)); }
  /// Bind or rebind. Waiting callers go on in the background.
  void bind(Thread &thread, Word label);
  /// Block the caller until the gate is bound (up to the send timeout), then repeat its system
  /// call.
  Thread *wait_until_bound(Thread &caller, Timeout timeout);

  Outcome invoke(Invocation &) override;

private:
  Outcome op_bind(Invocation &);
  Outcome op_unbind(Invocation &);
  Outcome op_state(Invocation &);
  Outcome op_get_info(Invocation &);
  Outcome op_dec_refcnt(Invocation &);
  bool wake_waiters();
  bool stop() override;
  bool dismantle() override;
  void free() override { Slab_of<Ipc_gate>::destroy(*this); }

  Word _label = 0;
  Sender_queue _waiters; ///< threads that invoked the gate before it was bound
};
static_assert(sizeof(Ipc_gate) == 64); // one cache line

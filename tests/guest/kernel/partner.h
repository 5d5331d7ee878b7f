// SPDX-License-Identifier: MIT
// What can happen to one of two threads that have to do with each other, in every state of a
// message.
#pragma once

#include "smp.h"

namespace Tap {

/// Tag of the victim's operation, unless the state has another.
constexpr l4_umword_t Victim_tag = raw_tag(9, 1);

/// How a blocked operation ends. Codes are those of ipc.md section 5.
enum End : unsigned {
  Not_ended = 0, ///< it goes on
  Timeout_send = L4_IPC_SETIMEOUT,
  Timeout_receive = L4_IPC_RETIMEOUT,
  Gone = L4_IPC_ENOT_EXISTENT,
  Canceled_send = L4_IPC_SECANCELED,
  Canceled_receive = L4_IPC_RECANCELED,
};

struct Scene;

/// A state: how a thread gets into it, and what ends it in which way. The *victim* is the thread in
/// the state, the *partner* the thread or other object that its operation names.
struct State {
  Result (*enter)(Scene &);                  ///< the victim's operation; blocks
  void (*meet)(Scene &) = nullptr;           ///< what the partner does before; null: it is busy
  l4_cap_idx_t (*object)(Scene &) = nullptr; ///< the partner, if it is no thread
  bool alone = false;                        ///< nobody is named: there is no partner
  l4_umword_t tag = Victim_tag;
  End cancel; ///< ex_regs with cancel for the victim
  End partner_dies = Not_ended;
  End timeout;
  /// What the partner finds when the victim has come out of the state in any way but by a timeout
  /// or deletion of the partner; null: nothing to look at. Main thread's view: true if all is
  /// right.
  bool (*nothing_left)(Scene &) = nullptr;
};

/// Two threads, and objects between them.
struct Scene {
  State const &state;
  l4_umword_t timeouts;
  Semaphore go;  ///< the partner waits here, and takes no message meanwhile
  Semaphore sem; ///< at 0
  Gate gate;     ///< bound to nobody
  Irq irq;       ///< bound to the victim
  Worker partner;
  Worker victim;
  Gate to_partner;
  l4_umword_t volatile order = 0; ///< for the partner, when it is woken up; see Order
  l4_uint64_t began = 0, ended = 0;
  Result poll{}; ///< what the partner found

  enum Order : l4_umword_t { Stay, Poll, Reply, Reply_explicit, Delete_yourself };
  static constexpr l4_umword_t Reply_slot = 7 << L4_CAP_SHIFT | L4_REPLY_CAP_BIT;

  Scene(State const &of, l4_umword_t time, unsigned victim_cpu, unsigned partner_cpu);
  void tell(Order what);
  bool has_partner() const { return !state.alone && !state.object; }
  l4_cap_idx_t partner_object() { return state.object ? state.object(*this) : partner.cap(); }

  static void victim_body(Worker &me);
  static void partner_body(Worker &me);
};

/// Let happen to both sides whatever can, with and without timeouts, on one CPU and on several.
void in_every_way(State const &state);

} // namespace Tap

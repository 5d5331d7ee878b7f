// SPDX-License-Identifier: MIT
// IPC between threads (abi/ipc.md). All functions run on the home CPU of the threads they touch, or
// on a CPU that has stopped it (sched/hold.h).
#pragma once

#include "jdb/trace.h"
#include "sched/cpu.h"

/// The phases of an IPC as transactions on threads. Functions that return a Thread* end a
/// transaction of the running thread `self`: they return who runs next, or null to ask the
/// scheduler.
class Ipc {
public:
#ifdef FURORE_NO_FASTPATH
  static constexpr bool Has_fast_path = false;
#else
  static constexpr bool Has_fast_path = true;
#endif
  /// Note what a system call asks for. Label (rsi) and timeout (r8) are in the frame.
  static void begin(Thread &self, Word tag, Word selector)
  {
    jdb::trace(jdb::Trace::Ipc, &self, selector, tag, self.frame().rsi, self.frame().r8);
    self.set_label(self.frame().rsi);
    self.frame().rdx = selector;
    self._call = {Msg_tag(tag), Timeout_pair(self.frame().r8), u8(selector & Op::Mask)};
  }
  /// A whole system call that was noted, all cases. Also as a continuation, to do it again.
  static Thread *execute(Thread &self);
  /// Send and receive phase, as far as self._call has them, with whom the gate or thread leads to; a thread sees the
  /// label of `self`.
  static Thread *pass(Thread &self, Cap cap);
  /// Send phase of self._call to `dest`, then its receive phase. `label` is what the receiver sees.
  static Thread *send(Thread &self, Thread &dest, Word label);
  /// Receive phase of self._call: from `partner` only, or from anyone if null.
  static Thread *receive(Thread &self, Sender *partner);
  /// The system call ends before or in its send phase.
  static Thread *fail(Thread &self, Ipc_error error, Site site = Site::here());
  /// The system call ends with this tag.
  static Thread *finish(Thread &self, Msg_tag tag);
  /// Back to user mode, by way of the thread's continuation, unless a better thread waits.
  static Thread *leave(Thread &self);

  static Thread *continue_operation(Thread &self);
  /// Do the whole system call again as the holder: it found a thread of another CPU, and has done
  /// nothing so far.
  static Thread *repeat_holding(Thread &self);
  /// Whether this transaction may end whatever `t` waits for: it reaches t and all that t is linked
  /// to.
  static bool reaches_links(Thread &t)
  {
    return Hold::reaches(t) && (!t.is_linked() || reaches_linked(t));
  }

  /// Block self in `queue` (of a gate or semaphore, its lock taken) up to `timeout`; null if it
  /// blocks, else the thread to run next after the immediate timeout error.
  static Thread *wait_in(Sender_queue &queue, Thread &self, Thread::State state, Timeout timeout);

  /// Take `t` out of the queue it waits in and let it repeat its system call (or fault).
  static void repeat_later(Thread &t);
  /// Take `t` out of the queue it waits in; its system call ends with `tag`.
  static void wait_done(Thread &t, Msg_tag tag);

  /// An IRQ object has a message for `dest`: deliver it now or queue it.
  static void notify(Sender &irq, Thread &dest);

  /// End whatever `t` waits for with the error codes of a cancelled IPC.
  static void cancel(Thread &t);
  /// Who should have answered is gone: the caller's wait ends with a cancel.
  static void drop_caller(Reply_slot &slot);
  /// End a send or a wait in a queue with `error`.
  static void send_failed(Thread &t, Ipc_error error);
  static void receive_failed(Thread &t, Ipc_error error);
  /// End the phase that `t` is in, with this error of a send phase or the same of a receive phase.
  static void end_phase(Thread &t, Ipc_error send_error);
  /// `t` dies: let go of everything it is linked to. Constant time.
  static void detach(Thread &t);
  /// Fail some of the threads that wait to send to `t`; true when none is left.
  static bool drain_senders(Thread &t);

private:
  /// The selector of its system call, to do it again or go on with it.
  static Word selector_of(Thread const &t) { return t.frame().rdx; }
  static Reply_slot &wait_slot(Thread &t);
  static bool reaches_linked(Thread &t);
  /// Whether the transaction may put a caller into the slot or take one out.
  static bool reaches_slot(Reply_slot &slot);
  static bool reaches_message(Thread &sender, Thread &receiver);
  static bool reaches_reply_slot(Thread &self);
  static Thread *hold_for(Thread &self, Thread::Continuation how);

  static bool accepts(Thread const &receiver, Sender const &sender);
  static Thread *transfer(Thread &self, Thread &sender, Thread &receiver);
  static Thread *reclaim(Thread &self);
  static Thread *continue_transfer(Thread &self);
  static Thread *continue_receive(Thread &self);
  static Thread *transferred(Thread &self, Thread &sender, Thread &receiver, Ipc_error error);
  static void transfer_failed(Thread &sender, Thread &receiver, Ipc_error error);
  static void copy_words(Thread &sender, Thread &receiver);
  static void transfer_fpu(Thread &sender, Thread &receiver);
  static void received(Thread &receiver, Msg_tag tag, Word label, Ipc_error error);
  static void begin_wait(Thread &t, Sender *partner);
  static Sender *pending_sender(Thread &t, Sender *partner);
  static Cpu &end_wait(Thread &t);
  static void wait_over(Thread &t, Thread::Continuation next);
  static bool arm(Thread &t, Timeout timeout);
};

// SPDX-License-Identifier: MIT
// Principle: an IPC is a chain of short transactions. Each ends with every thread in a named state;
// what a blocked thread still has to do is in its _call and its state, never on a stack.
#include "ipc/ipc.h"

#include "arch/arch.h"
#include "ipc/fault.h"
#include "ipc/vcpu.h"
#include "jdb/explain.h"
#include "jdb/hooks.h"
#include "obj/irq.h"
#include "obj/task.h"
#include "sched/cpu.h"

#include <string.h>

// ---- other CPUs -------------------------------------------------------------------------------

bool Ipc::reaches_slot(Reply_slot &slot)
{
  bool own =
      slot.is_of_thread() ? Hold::reaches(Thread::of_reply_slot(slot)) : Hold::is_exclusive();
  return own && (!slot.caller() || Hold::reaches(*slot.caller()));
}

bool Ipc::reaches_linked(Thread &t)
{
  if (t._transfer_peer && !Hold::reaches(*t._transfer_peer)) return false;
  bool in_thread_queue = t._state == Thread::State::Sending && t.is_queued();
  if (in_thread_queue && !Hold::reaches(Thread::of_senders(*t.queue()))) return false;
  return !t._stored_in || reaches_slot(*t._stored_in);
}

/// Where the caller goes that an open wait of `t` receives. Of a thread that does not wait it is not used, whatever
/// its last selector has become. An explicit slot stays there as long as the task has threads.
Reply_slot &Ipc::wait_slot(Thread &t)
{
  bool is_explicit = t._explicit_wait && t._wait != Thread::Wait::Open;
  Reply_slot *slot = is_explicit ? t.task()->reply_slot(selector_of(t) >> 12, false) : nullptr;
  return slot ? *slot : t._implicit_reply;
}

/// Whether a message can go from `sender` to `receiver`, and end what both wait for. A call may put the sender
/// into the slot that the receiver has chosen, or into the implicit one of a vCPU.
bool Ipc::reaches_message(Thread &sender, Thread &receiver)
{
  if (!reaches_links(sender) || !reaches_links(receiver)) return false;
  bool closed_wait = receiver._state == Thread::State::Receiving && receiver._partner_id;
  Thread *caller = receiver._implicit_reply.caller();
  return closed_wait || ((!caller || Hold::reaches(*caller)) &&
                         (!receiver._explicit_wait || reaches_slot(wait_slot(receiver))));
}

Thread *Ipc::hold_for(Thread &self, Thread::Continuation how)
{
  self.set_continuation(how);
  self._needs_hold = true;
  return nullptr;
}

Thread *Ipc::repeat_holding(Thread &self)
{
  return hold_for(self, self._repeating ? continue_operation : execute);
}

// ---- ends of phases ---------------------------------------------------------------------------

/// Arm t's timeout; false if it has expired already.
bool Ipc::arm(Thread &t, Timeout timeout)
{
  if (timeout.is_never()) return true;
  if (timeout.is_zero()) return false;
  Microseconds now = arch::now();
  Microseconds deadline = timeout.is_absolute()
                              ? Microseconds(t.utcb().read_br(timeout.buffer_index()))
                              : now + timeout.microseconds();
  if (deadline <= now) return false;
  Cpu::home_of(t).arm_timeout(t._timeout, deadline);
  return true;
}

/// The wait of `t` is over, one way or the other: it is in no queue, no timeout and no reply capability refers
/// to it. Returns its home.
Cpu &Ipc::end_wait(Thread &t)
{
  Cpu &home = Cpu::home_of(t);
  home.timeouts.remove(t._timeout);
  if (t._stored_in) t._stored_in->take();
  if (Sender_queue *queue = t.queue()) {
    Lock_guard guard(*queue);
    if (t.is_queued()) queue->dequeue(t);
  }
  return home;
}

/// The same, and it goes on with `next`.
void Ipc::wait_over(Thread &t, Thread::Continuation next)
{
  Cpu &home = end_wait(t);
  t.set_continuation(next);
  home.make_ready(t);
}

void Ipc::wait_done(Thread &t, Msg_tag tag)
{
  t.frame().rax = tag.raw();
  wait_over(t, Fault::pending(t));
}

void Ipc::repeat_later(Thread &t)
{
  wait_over(t, t._message == Thread::Message::User ? execute : Fault::handle_again);
}

void Ipc::send_failed(Thread &t, Ipc_error error)
{
  if (t._message != Thread::Message::User)
    return wait_over(t, Fault::answered(t, Msg_tag(), error));
  t.utcb().error = Word(error);
  wait_done(t, Msg_tag(Msg_tag::Error));
}

void Ipc::receive_failed(Thread &t, Ipc_error error)
{
  received(t, t._call.tag, t.frame().rsi, error);
}

/// The receive phase of `receiver` ends.
void Ipc::received(Thread &receiver, Msg_tag tag, Word label, Ipc_error error)
{
  jdb::trace(jdb::Trace::Answer, &receiver, tag.raw(), error, label);
  if (receiver._message != Thread::Message::User)
    return wait_over(receiver, Fault::answered(receiver, tag, error));
  bool failed = error != Ipc_error::None;
  if (failed) receiver.utcb().error = Word(error);
  receiver.frame().rsi = label;
  Vcpu::receive_over(receiver);
  wait_done(receiver, failed ? tag.with_error() : tag.without_error());
}

static constexpr Ipc_error of_receiver(Ipc_error of_sender) { return Ipc_error(Word(of_sender) | 1); }

void Ipc::end_phase(Thread &t, Ipc_error send_error)
{
  auto stands = [&t](Thread::State a, Thread::State b, Thread::Continuation c) {
    return t._state == a || t._state == b || (t.is_ready() && t.continuation() == c);
  };
  if (stands(Thread::State::Sending, Thread::State::Waiting_gate, execute))
    send_failed(t, send_error);
  else if (stands(Thread::State::Receiving, Thread::State::Waiting_semaphore, continue_receive))
    receive_failed(t, of_receiver(send_error));
}

// ---- send phase -------------------------------------------------------------------------------

bool Ipc::accepts(Thread const &receiver, Sender const &sender)
{
  return receiver._state == Thread::State::Receiving &&
         (receiver._partner_id == 0 || receiver._partner_id == sender.id());
}

[[gnu::noinline]] Thread *Ipc::send(Thread &self, Thread &dest, Word label)
{
  if (!reaches_message(self, dest))
    return self._message == Thread::Message::User ? repeat_holding(self)
                                                  : hold_for(self, Fault::handle_again);
  if (!dest.is_alive()) return fail(self, Ipc_error::Not_existent);
  self.set_label(label);
  if (&dest != &self && (accepts(dest, self) || Vcpu::interrupt(dest)))
    return transfer(self, self, dest);
  if (!arm(self, self._call.timeouts.send())) return fail(self, Ipc_error::Send_timeout);
  // a message to oneself waits outside of any queue: it can never be received
  if (&dest != &self) {
    dest._senders.enqueue(self, self.prio());
    Vcpu::sender_queued(dest);
  }
  self._state = Thread::State::Sending;
  return nullptr;
}

Thread *Ipc::wait_in(Sender_queue &queue, Thread &self, Thread::State state, Timeout timeout)
{
  self._state = state; // decides which error the timeout gives
  if (!arm(self, timeout)) {
    end_phase(self, Ipc_error::Send_timeout);
    return leave(self);
  }
  queue.enqueue(self, self.prio());
  return nullptr;
}

// ---- transfer ---------------------------------------------------------------------------------

void Ipc::copy_words(Thread &sender, Thread &receiver)
{
  unsigned words = sender._call.tag.words();
  Word buffer[26];
  Word const *from = sender.utcb().mr;
  if (sender._message != Thread::Message::User) from = Fault::compose(sender, buffer);
  if (receiver._message != Thread::Message::User)
    Fault::take_answer_words(receiver, from, words);
  else
    memcpy(receiver.utcb().mr, from, words * sizeof(Word));
}

void Ipc::transfer_fpu(Thread &sender, Thread &receiver)
{
  bool accepted = receiver._message != Thread::Message::User || receiver.utcb().inherits_fpu();
  if (!sender._call.tag.has(Msg_tag::Transfer_fpu) || !(sender._call.rights & Cap_slot::S) ||
      !accepted || Fault::ignores(receiver, sender._call.tag))
    return;
  arch::forget_live_fpu(receiver);
  receiver.set_fpu_values(sender.has_fpu_values());
  if (!sender.has_fpu_values()) return; // the initial state is passed on
  arch::save_live_fpu(sender);
  memcpy(receiver.fpu_state(), sender.fpu_state(), arch::fpu_state_bytes());
}

/// Both sides are ready: words at once, typed items in steps.
Thread *Ipc::transfer(Thread &self, Thread &sender, Thread &receiver)
{
  Cpu::home_of(receiver).timeouts.remove(receiver._timeout);
  copy_words(sender, receiver);
  if (!sender._call.tag.items() || Fault::ignores(receiver, sender._call.tag)) [[likely]]
    return transferred(self, sender, receiver, Ipc_error::None);

  Cpu::home_of(sender).timeouts.remove(sender._timeout); // of its wait: from now on it works
  sender._items.start(sender._call.tag, receiver);
  sender._transfer_peer = &receiver;
  receiver._transfer_peer = &sender;
  sender._transfer_sender = true;
  receiver._transfer_sender = false;
  sender._state = receiver._state = Thread::State::Transferring;
  self._state = Thread::State::Ready;
  return continue_transfer(self);
}

Thread *Ipc::continue_transfer(Thread &self)
{
  Thread &peer = *self._transfer_peer;
  if (!reaches_message(self, peer)) return hold_for(self, continue_transfer);
  Thread &sender = self._transfer_sender ? self : peer;
  Thread &receiver = self._transfer_sender ? peer : self;
  auto status = sender._items.step(sender, receiver, sender._call.rights);
  // A capability that the message put onto another one may have deleted one of the two: then the
  // transfer was cancelled in there.
  if (!self._transfer_peer) return nullptr;
  if (status == Item_transfer::Status::More) {
    self.set_continuation(continue_transfer);
    return nullptr;
  }
  self._transfer_peer = peer._transfer_peer = nullptr;
  return transferred(self, sender, receiver, Ipc_error(status));
}

/// Both phases end with an error.
void Ipc::transfer_failed(Thread &sender, Thread &receiver, Ipc_error error)
{
  received(receiver, sender._call.tag, sender.label(), of_receiver(error));
  send_failed(sender, error);
}

Thread *Ipc::transferred(Thread &self, Thread &sender, Thread &receiver, Ipc_error error)
{
  if constexpr (Debug_kernel) jdb::explain(sender, receiver, error);
  if (error != Ipc_error::None) {
    transfer_failed(sender, receiver, error);
    return self.is_ready() ? leave(self) : nullptr;
  }
  transfer_fpu(sender, receiver);
  bool stores_caller = receiver._partner_id == 0 &&
                       receiver._message == Thread::Message::User && sender._call.is_call();
  Reply_slot *slot = stores_caller ? &wait_slot(receiver) : nullptr;
  received(receiver, sender._call.tag, sender.label(), Ipc_error::None);
  if (slot) {
    slot->take(); // one that was stored before is lost: it stays blocked
    slot->put(sender, sender._call.rights);
  }

  if (!sender._call.receives())
    wait_done(sender, sender._call.tag);
  else {
    Sender *partner = sender._call.open() ? nullptr : &receiver;
    if (&sender == &self) return receive(self, partner);
    begin_wait(sender, partner);
  }
  return self.is_ready() ? leave(self) : nullptr;
}

// ---- receive phase ----------------------------------------------------------------------------

Sender *Ipc::pending_sender(Thread &t, Sender *partner)
{
  if (!partner) return t._senders.first();
  return partner->queue() == &t._senders ? partner : nullptr;
}

Thread *Ipc::receive(Thread &self, Sender *partner)
{
  self._state = Thread::State::Ready;
  if (Sender *sender = pending_sender(self, partner)) {
    bool is_thread = sender->kind() == Sender::Kind::Thread;
    if (is_thread && !reaches_message(static_cast<Thread &>(*sender), self))
      return partner ? repeat_holding(self) : hold_for(self, continue_receive);
    self._partner_id = partner ? partner->id() : 0;
    self._senders.dequeue(*sender);
    if (!is_thread) {
      static_cast<Irq *>(sender)->taken();
      received(self, Msg_tag(), sender->label(), Ipc_error::None);
      return leave(self);
    }
    return transfer(self, static_cast<Thread &>(*sender), self);
  }
  begin_wait(self, partner);
  if (!self.is_ready()) return nullptr;
  if (partner != &self) return leave(self);
  Cpu::self().yield(); // waiting for oneself without time to wait: offer the CPU to others
  return nullptr;
}

Thread *Ipc::continue_receive(Thread &self)
{
  return receive(self, nullptr);
}

/// Let `t` wait. If there is something to receive it must do so itself (only in an open wait, since
/// a partner that just took part in the transfer cannot be queued): a transfer here would be a
/// transfer inside a transfer, without bound.
void Ipc::begin_wait(Thread &t, Sender *partner)
{
  if (pending_sender(t, partner)) return wait_over(t, continue_receive);
  Cpu::home_of(t).timeouts.remove(t._timeout); // of the send phase
  t._partner_id = partner ? partner->id() : 0;
  t._state = Thread::State::Receiving;
  Timeout timeout = t._call.timeouts.receive();
  bool usual = timeout.is_never() && (partner || !t._explicit_wait);
  t._wait = !usual ? Thread::Wait::Other : partner ? Thread::Wait::Closed : Thread::Wait::Open;
  if (!arm(t, timeout)) receive_failed(t, Ipc_error::Receive_timeout);
}

// ---- others ------------------------------------------------------------------------------------

void Ipc::notify(Sender &irq, Thread &dest)
{
  if (accepts(dest, irq) || Vcpu::interrupt(dest))
    return received(dest, Msg_tag(), irq.label(), Ipc_error::None);
  dest._senders.enqueue(irq, 255);
  Vcpu::sender_queued(dest);
}

void Ipc::cancel(Thread &t)
{
  if (Thread *peer = t._transfer_peer) {
    t._transfer_peer = peer->_transfer_peer = nullptr;
    Thread &sender = t._transfer_sender ? t : *peer;
    Thread &receiver = t._transfer_sender ? *peer : t;
    return transfer_failed(sender, receiver, Ipc_error::Send_canceled);
  }
  end_phase(t, Ipc_error::Send_canceled);
}

void Ipc::detach(Thread &t)
{
  if (t._transfer_peer) cancel(t);
  end_wait(t);
  drop_caller(t._implicit_reply);
}

void Ipc::drop_caller(Reply_slot &slot)
{
  if (Thread *caller = slot.take()) cancel(*caller);
}

bool Ipc::drain_senders(Thread &t)
{
  return t._senders.drain([&](Sender &sender) {
    if (sender.kind() == Sender::Kind::Irq)
      static_cast<Irq &>(sender).withdraw();
    else
      send_failed(static_cast<Thread &>(sender), Ipc_error::Send_canceled);
  });
}

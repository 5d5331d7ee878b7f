// SPDX-License-Identifier: MIT
// The first stages of the system call: what ends at once, and the common messages. sys_general() does the rest.
//
// What is inline here is so in functions that end in another thread or in a later stage by a jump: at that point
// the user's callee-saved registers must be live again.
#pragma once

#include "ipc/ipc.h"
#include "sched/cpu.h"

/// Selector bits beside index and operation (abi/kernel-entry.md section 2).
namespace Selector {
constexpr Word Invalid_bit = 0x800, Reply_bit = 0x400, Special_bits = Invalid_bit | Reply_bit;
inline bool is_explicit_reply(Word selector) { return (selector & Special_bits) == Reply_bit; }
} // namespace Selector

#define ALWAYS_INLINE [[gnu::always_inline]] static inline

/// Functions that return a Word give the result tag, or end in a later stage or another thread (entry.h).
class System_call {
public:
  // Tag and selector as the user passes them; label and timeout are in the frame.

  static inline Word send(Thread &self, Word tag, Word selector);
  static inline Word quick_receive(Thread &self, Word tag, Word selector, unsigned op);
  /// Message through `entry` to `partner` (null: nobody), which sees `label`, and wait for its answer.
  static inline Word call(Thread &self, Word tag, Word selector, Word entry, Thread *partner, Word label);
  /// Answer to the caller in the implicit reply slot, and wait for the next.
  static inline Word reply(Thread &self, Word tag, Word selector);
  /// A message of the IRQ object to its thread, which runs at once.
  static inline Word trigger(Thread &self, Word tag, Word selector, class Irq &irq);
  /// Ipc::send() for the message of a page fault: to a pager that waits for it, at once.
  static Thread *send_page_fault(Thread &self, Thread &pager, Word label);
  /// sys_task(): one small page or one capability at once, everything else by sys_object().
  static Thread *task_operation(Thread &self, Word tag, Word selector, Word entry);

private:
  static constexpr Word Trigger = Word(Proto::Irq) << 16; ///< the tag of the plainest message of this kind
  static constexpr Word Words = 63, Items = 0xfc0, One_item = 0x40; ///< of a tag
  /// What makes a message an unusual one, beside items.
  static constexpr Word Unusual = Msg_tag::Transfer_fpu | Msg_tag::Schedule | Msg_tag::Error;


  /// No flags, and a receive phase that lasts for ever.
  ALWAYS_INLINE bool is_usual(Thread &self, Word tag)
  {
    return !(tag & Unusual) && u16(self.frame().r8) == 0;
  }

  /// Whether `partner` waits on this CPU, for ever, in the named way, for the answer to such a message if
  /// to any, and nobody better is ready.
  template <Word Way>
  ALWAYS_INLINE bool can_run(Thread const &partner, Thread::Message message = Thread::Message::User)
  {
    return partner.receive_status() == Thread::status_with(arch::cpu_field<u64, Way>(), message) &&
           partner.prio() >= arch::cpu_field<Prio, offsetof(Cpu, ready)>();
  }

  /// Whether a call can go to `partner` (null: nobody) at once, as far as items allow it.
  ALWAYS_INLINE bool can_call(Thread &self, Word tag, Thread *partner)
  {
    return is_usual(self, tag) && partner && takes_call(*partner);
  }
  ALWAYS_INLINE bool takes_call(Thread const &partner)
  {
    return can_run<offsetof(Cpu, open_receiver)>(partner) && !partner._implicit_reply.caller();
  }
  /// The same for an answer to `caller`, with an open wait behind it.
  ALWAYS_INLINE bool can_reply(Thread &self, Word tag, Thread *caller,
                               Thread::Message message = Thread::Message::User)
  {
    return is_usual(self, tag) && caller &&
           can_run<offsetof(Cpu, closed_receiver)>(*caller, message) && self._senders.is_empty();
  }

  /// `self` waits from now on; `partner` has the message.
  ALWAYS_INLINE void hand_over(Thread &self, Thread &partner)
  {
    self._state = Thread::State::Receiving;
    partner._state = Thread::State::Ready;
    Cpu::self().account(self, partner);
  }
  /// The same with the words of a message and a switch.
  ALWAYS_INLINE Word deliver(Thread &self, Thread &partner, Word label, Word tag)
  {
    // one instruction per word, and no call for short messages
    Word *to = partner.utcb().mr, *from = self.utcb().mr, words = tag & Words;
    if (words) asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
    self._call.tag = Msg_tag(tag);
    hand_over(self, partner);
    return arch::switch_with_message(&partner, label, tag, &self);
  }
  ALWAYS_INLINE void begin_closed_wait(Thread &self, Thread &partner, u8 rights)
  {
    self._wait = Thread::Wait::Closed;
    self._partner_id = partner.id();
    partner._implicit_reply.put(self, rights);
  }
  /// Who is in the implicit reply slot gets the answer.
  ALWAYS_INLINE void begin_open_wait(Thread &self)
  {
    self._wait = Thread::Wait::Open;
    self._partner_id = 0;
    self._implicit_reply.take();
  }

  /// What call() and reply() leave: messages with a page; the rest goes to sys_general(). Not inline:
  /// they need registers, whose saving every message would pay for.
  [[gnu::noinline]] static Word call_with_page(Thread &self, Word tag, Word selector, Word entry,
                                               Thread *partner, Word label);
  [[gnu::noinline]] static Word reply_with_page(Thread &self, Word tag, Word selector,
                                                Thread *caller);
  /// Map the one item of a message, if it is a small page that fits. False: nothing was done. Not
  /// inline: its caller must end in a jump, and so have nothing on the stack.
  [[gnu::noinline]] static bool pass_page(Thread &sender, Thread &receiver, Word tag);
  // Parts of task_operation(), each with the registers that it needs; what they cannot do goes to sys_object().
  [[gnu::noinline]] static Thread *map_page(Thread &self, Word tag, Word selector, Word entry);
  [[gnu::noinline]] static Thread *unmap_page(Thread &self, Word tag, Word selector, Word entry);
  /// One capability, which is how objects are deleted: there may be work to do before `self` goes on.
  [[gnu::noinline]] static Thread *unmap_capability(Thread &self, Task &task, Fpage slot);
};

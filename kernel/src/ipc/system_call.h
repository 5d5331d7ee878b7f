// SPDX-License-Identifier: MIT
// The first stage of the system call: what ends at once, and the common messages. Ipc::invoke() does the rest.
#pragma once

#include "ipc/ipc.h"

class Irq;

/// Selector bits beside index and operation (abi/kernel-entry.md section 2).
namespace Selector {
constexpr Word Invalid_bit = 0x800, Reply_bit = 0x400, Special_bits = Invalid_bit | Reply_bit;
inline bool is_explicit_reply(Word selector) { return (selector & Special_bits) == Reply_bit; }
} // namespace Selector

/// Functions that return a Word give the result tag, or end in a later stage or another thread (entry.h).
class System_call {
public:
  /// Tag and selector as the user passes them; label and timeout are in the frame.
  static inline Word begin(Thread &self, Word tag, Word selector);
  /// Message through `entry` to `partner` (null: nobody), which sees `label`, and wait for its answer.
  static inline Word call(Thread &self, Word tag, Word selector, Word entry, Thread *partner, Word label);
  /// Answer to the caller in the implicit reply slot, and wait for the next.
  static inline Word reply(Thread &self, Word tag, Word selector);
  /// A message of the IRQ object to its thread, which runs at once.
  static inline Word trigger(Thread &self, Word tag, Word selector, Irq &irq);
  /// A page fault, to a pager that waits for it: the pager, which runs next. Null: nothing was done.
  static Thread *send_page_fault(Thread &self, Word fault_word);
  /// A call with the task protocol to the task that the word of a slot names: false, and nothing is done, unless one
  /// small page is mapped or unmapped. The answer is in the message registers then.
  static bool pass_page_of_task(Thread &self, Word tag, Word entry);
  /// The same for one capability, which is how objects are deleted. There may be work to do before `self` goes on.
  static bool unmap_capability(Thread &self, Word tag, Word entry);

private:
  static constexpr Word Trigger = Word(Proto::Irq) << 16; ///< the tag of the plainest message of this kind
  static constexpr Word Items = 0xfc0, One_item = 0x40; ///< of a tag
  /// What makes a message an unusual one, beside items.
  static constexpr Word Unusual = Msg_tag::Transfer_fpu | Msg_tag::Schedule | Msg_tag::Error;

  static inline Word quick_operation(Thread &self, Word tag, Word selector, Word entry,
                                     Kobject::Type type);
  static inline Word send(Thread &self, Word tag, Word selector);
  static inline Word quick_receive(Thread &self, Word tag, Word selector, unsigned op);
  static inline bool is_usual(Thread &self, Word tag);
  template <Word Way> static inline bool can_run(Thread const &partner);
  static inline Word hand_over(Thread &self, Thread &partner, Word label, Word tag);
  static inline bool can_call(Thread &self, Word tag, Thread *partner);
  static inline Word pass_call(Thread &self, Word tag, Thread &partner, Word label, u8 rights);
  static inline bool can_reply(Thread &self, Word tag, Thread *caller);
  static inline Word pass_reply(Thread &self, Word tag, Thread &caller);
  static inline void begin_open_wait(Thread &self);

  /// What call() and reply() leave: messages with a page; the rest goes to Ipc::invoke(). Not inline:
  /// they need registers, whose saving every message would pay for.
  [[gnu::noinline]] static Word call_with_page(Thread &self, Word tag, Word selector, Word entry);
  [[gnu::noinline]] static Word reply_with_page(Thread &self, Word tag, Word selector,
                                                Thread *caller);
  /// Map the one item of a message, if it is a small page that fits. False: nothing was done. Not
  /// inline: its caller must end in a jump, and so have nothing on the stack.
  [[gnu::noinline]] static bool pass_page(Thread &sender, Thread &receiver, Word tag);
  /// An answer without words, after which the faulting thread is to run. False: nothing was done.
  [[gnu::noinline]] static bool answer_page_fault(Thread &self, Thread &faulter, Word tag);
  static bool map_page(Thread &self, Task &to);
  static bool unmap_page(Thread &self, Task &task);
};

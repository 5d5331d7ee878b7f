// SPDX-License-Identifier: MIT
// The system call in stages, each for what the one before leaves (docs/architecture.md):
//   begin()             ends where it began: nobody blocks, nobody is woken
//   call(), reply()     a message to a thread that waits for it, which runs next
//   task()              one page is mapped or unmapped
//   Ipc::invoke()       everything
#pragma once

#include "ipc/ipc.h"

/// Selector bits beside index and operation (abi/kernel-entry.md section 2).
namespace Selector {
constexpr Word Invalid_bit = 0x800, Reply_bit = 0x400, Special_bits = Invalid_bit | Reply_bit;
inline bool is_explicit_reply(Word selector) { return (selector & Special_bits) == Reply_bit; }
} // namespace Selector

class System_call {
public:
  /// Arguments as the user passes them; label and timeout are in the frame. Returns the result tag,
  /// or goes on in a later stage.
  static inline Word begin(Thread &self, Word tag, Word selector);
  /// A call through `cap`, the word of a slot that named a gate or thread. _selector is set.
  static inline Thread *call(Thread &self, Word tag, Word cap);
  /// Answer to the caller in the implicit reply slot, and wait for the next.
  static inline Thread *reply(Thread &self, Word tag, Word selector);
  /// An operation on the task that the word of a slot named. _selector is set.
  static Thread *task(Thread &self, Word tag, Word cap);
  /// A page fault, to a pager that waits for it: the pager, which runs next. Null: nothing was done.
  static Thread *send_page_fault(Thread &self, Word fault_word);

private:
  static constexpr Word Fail = ~Word{0};
  static constexpr Word Items = 0xfc0, One_item = 0x40; ///< of a tag
  /// What makes a message an unusual one, beside items.
  static constexpr Word Unusual = Msg_tag::Transfer_fpu | Msg_tag::Schedule | Msg_tag::Error;
  /// Map the one item of a message, if it is a small page that fits. False: nothing was done.
  static bool pass_page(Thread &sender, Thread &receiver, Word tag);
  /// What call() and reply() leave: messages with a page, the rest goes to Ipc::invoke(). Not inline:
  /// they need registers whose saving every message would pay for.
  [[gnu::noinline]] static Thread *call_with_page(Thread &self, Word tag, Word cap);
  [[gnu::noinline]] static Thread *reply_with_page(Thread &self, Word tag, Word selector);
  /// An answer without words: the faulting thread runs next. False: nothing was done.
  static bool answer_page_fault(Thread &self, Thread &faulter, Word tag);
  static Word map_page(Thread &self, Task &to);
  static Word unmap_page(Thread &self, Task &task);
  static inline void begin_open_wait(Thread &self);
  static inline Word quick_operation(Thread &self, Cap cap, Kobject::Type type, Word tag);
  static inline Word quick_receive(Thread &self, unsigned op, Word tag);
  static inline bool can_run(Thread const &partner, u64 how);
  struct Destination {
    Thread *thread = nullptr;
    Word label = 0;
  };
  static inline Destination destination(Thread &self, Cap cap, i64 protocol);
  static inline bool can_call(Thread &self, Destination to, Word tag);
  static inline bool can_reply(Thread &self, Thread *caller, Word tag, u64 how);
  static inline Thread *pass_call(Thread &self, Destination to, Cap cap, Word tag);
  static inline Thread *pass_reply(Thread &self, Thread &caller, Word tag);
  static inline Thread *hand_over(Thread &self, Thread &partner, Word label, Word tag);
};

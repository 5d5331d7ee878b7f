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
  /// Message to `partner` (null: nobody), which sees `label`, and wait for its answer.
  static inline Word call(Thread &self, Word tag, Word selector, Thread *partner, Word label, u8 rights);
  /// Answer to the caller in the implicit reply slot, and wait for the next.
  static inline Word reply(Thread &self, Word tag, Word selector);
  /// A message of the IRQ object to its thread, which runs at once.
  static inline Word trigger(Thread &self, Word tag, Word selector, Irq &irq);

private:
  static constexpr Word Trigger = Word(Proto::Irq) << 16; ///< the tag of the plainest message of this kind
  /// What makes a message an unusual one.
  static constexpr Word Unusual = 0xfc0 | Msg_tag::Transfer_fpu | Msg_tag::Schedule | Msg_tag::Error;

  static inline Word quick_operation(Thread &self, Word tag, Word selector, Word entry,
                                     Kobject::Type type);
  static inline Word send(Thread &self, Word tag, Word selector);
  static inline Word quick_receive(Thread &self, Word tag, Word selector, unsigned op);
  static inline bool is_usual(Thread &self, Word tag);
  template <Word Way> static inline bool can_run(Thread const &partner);
  static inline Word hand_over(Thread &self, Thread &partner, Word label, Word tag);
};

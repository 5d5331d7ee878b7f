// SPDX-License-Identifier: MIT
// The system call in stages, each for what the one before leaves (docs/architecture.md):
//   begin()             ends where it began: nobody blocks, nobody is woken
//   call(), reply()     a message to a thread that waits for it, which runs next
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

private:
  static constexpr Word Fail = ~Word{0};
  static inline Word quick_operation(Thread &self, Cap cap, Kobject::Type type, Word tag);
  static inline Word quick_receive(Thread &self, unsigned op, Word tag);
  static inline bool can_run(Thread const &partner, u64 how);
  struct Destination {
    Thread *thread = nullptr;
    Word label = 0;
  };
  static inline Destination destination(Thread &self, Cap cap, i64 protocol);
  static inline Thread *hand_over(Thread &self, Thread &partner, Word label, Word tag);
};

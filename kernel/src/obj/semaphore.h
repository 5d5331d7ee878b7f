// SPDX-License-Identifier: MIT
// Kernel semaphores (abi/kernel-objects.md section 6).
#pragma once

#include "obj/irq.h"

/// A counter with a queue of waiting threads, highest priority first. Can be bound to a pin. The
/// queue's lock protects the counter too, so that threads of one CPU need no others.
class Semaphore final : public Irq_base {
public:
  explicit Semaphore(Quota &quota) : Irq_base(Type::Semaphore, quota, false) {}

  /// Up: wake the first waiter or count.
  bool trigger(bool by_pin = false) override;
  Outcome invoke(Invocation &) override;

private:
  Outcome down(Invocation &);
  bool dismantle() override;
  void free() override { leave_pin(), Slab_of<Semaphore>::destroy(*this); }

  Word _count = 0;
  Sender_queue _waiters;
};

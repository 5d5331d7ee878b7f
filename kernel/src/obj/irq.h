// SPDX-License-Identifier: MIT
// Interrupt objects (abi/kernel-objects.md section 5) and what they share with semaphores.
#pragma once

#include "ipc/invocation.h"
#include "ipc/sender_queue.h"
#include "mem/slab.h"
#include "obj/endpoint.h"
#include "obj/kobject.h"

class Irq_chip;

/// Something an interrupt pin can be bound to. The mask state belongs to the object: a new IRQ
/// object is masked, a new semaphore is not.
class Irq_base : public Kobject {
public:
  static constexpr unsigned Types = bit(Type::Irq) | bit(Type::Semaphore);

  /// A user triggered the object, or the bound pin fired. False: nothing was done, it needs a Hold.
  virtual bool trigger(bool by_pin = false) = 0;

  bool is_masked() const { return _masked; }
  /// `until_taken`: only until the message that is under way has been taken.
  void set_masked(bool masked, bool until_taken = false);
  Irq_chip *chip() const { return _chip; }
  unsigned pin() const { return _pin; }
  /// Leave the pin, if bound to one. Also when its memory goes: it may have been bound while it died.
  void leave_pin();
  /// Note whose deletion IRQ this is; one thread only.
  bool set_deletion_thread(Thread *thread)
  {
    if (thread && _deletion_of) return false;
    _deletion_of = thread;
    return true;
  }

protected:
  Irq_base(Type type, Quota &quota, bool masked) : Kobject(type, quota), _masked(masked) {}
  ~Irq_base() = default;
  bool stop() override;
  /// The bound pin's.
  bool is_level() const;
  /// Operations with label Irq: trigger and unmask, which waits until a message is taken.
  Outcome trigger_operation(Invocation &call, bool is_under_way);
  bool _masked_until_taken = false;

private:
  friend class Irq_chip;
  Irq_chip *_chip = nullptr;
  Thread *_deletion_of = nullptr; ///< the thread whose deletion IRQ this is
  unsigned _pin = 0;
  bool _masked;
};

/// IRQ object: sends an empty message to its thread when triggered; one message at a time.
class Irq final : public Irq_base, public Sender, public Endpoint {
public:
  explicit Irq(Quota &quota) : Irq_base(Type::Irq, quota, true), Sender(Sender::Kind::Irq) {}

  bool trigger(bool by_pin = false) override;
  Outcome invoke(Invocation &) override;
  /// The thread took the message.
  void taken()
  {
    if (_masked_until_taken) set_masked(false);
  }
  /// Take the queued message back, and remember it for the next bind. False: there is none.
  bool withdraw();

private:
  Outcome op_bind(Invocation &);
  Outcome op_detach(Invocation &);
  bool reaches_thread() const;
  bool stop() override;
  bool dismantle() override;
  void free() override { leave_pin(), Slab_of<Irq>::destroy(*this); }

  bool _pending = false; ///< triggered while not bound to a living thread
};

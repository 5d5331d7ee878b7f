// SPDX-License-Identifier: MIT
// Interrupt objects (abi/kernel-objects.md section 5) and what they share with semaphores.
#pragma once

#include "ipc/invocation.h"
#include "ipc/sender_queue.h"
#include "obj/endpoint.h"
#include "obj/kobject.h"

class Irq_chip;

/// Something an interrupt pin can be bound to. The mask state belongs to the object: a new IRQ
/// object is masked, a new semaphore is not.
class Irq_base : public Kobject {
public:
  /// The interrupt occurred, or a user triggered the object. False: nothing was done, it needs a
  /// Hold.
  virtual bool trigger() = 0;
  /// The bound pin fired. Result as above.
  virtual bool pin_fired() = 0;

  bool is_masked() const { return _masked; }
  /// `until_taken`: only until the message that is under way has been taken.
  void mask(bool until_taken = false);
  void unmask();
  Irq_chip *chip() const { return _chip; }
  unsigned pin() const { return _pin; }
  /// Leave the pin, if bound to one.
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
  static Irq *create(Quota &quota);

  bool trigger() override;
  bool pin_fired() override;
  Outcome invoke(Invocation &) override;
  /// The thread took the message.
  void taken()
  {
    if (_masked_until_taken) unmask();
  }
  /// Take the queued message back, and remember it for the next bind.
  void withdraw();

private:
  explicit Irq(Quota &quota) : Irq_base(Type::Irq, quota, true), Sender(Sender::Kind::Irq) {}
  Outcome op_bind(Invocation &);
  Outcome op_detach(Invocation &);
  bool reaches_thread() const;
  bool stop() override;
  bool dismantle() override;
  void free() override;

  bool _pending = false; ///< triggered while not bound to a living thread
};

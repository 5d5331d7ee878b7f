// SPDX-License-Identifier: MIT
// Interrupt controllers as users see them (abi/kernel-objects.md section 7): numbered pins to which IRQ
// objects and semaphores are bound. The root ICU, the log (input) and the scheduler (hot plug) are such.
#pragma once

#include "arch/arch.h"
#include "obj/irq.h"
#include "types/spin_lock.h"

/// A set of pins. Derived classes say what a pin is.
class Irq_chip : public Kobject {
public:
  /// What is asked of the hardware behind a pin.
  enum class Pin_op : u8 { Attach, Detach, Mask, Unmask, Is_level, Set_mode };
  /// Do or tell it; false: it cannot be, or is not so. Without hardware all is done, and no pin has levels.
  virtual bool control(unsigned, Pin_op op, unsigned = 0) { return op != Pin_op::Is_level; }
  void release(Irq_base &irq);
  /// The pin's interrupt occurred.
  void fire(unsigned pin);

protected:
  Irq_chip(Type type, Quota &quota) : Kobject(type, quota) {}
  ~Irq_chip() = default;

  /// Serve a message with label Proto::Irq.
  Outcome icu_operation(Invocation &);

  /// Pin numbers below this exist; MSI numbers carry bit 31.
  virtual unsigned pins() const { return 1; }
  virtual unsigned msis() const { return 0; }
  /// Where the binding of a pin or MSI is kept; null if there is no such pin.
  virtual Irq_base **binding(unsigned pin) { return pin == 0 ? &_only_pin : nullptr; }

private:
  /// What is bound to a pin, or null. Other CPUs may end that, but within the transaction it does not die.
  Irq_base *bound_to(unsigned pin);
  Outcome op_bind(Invocation &);
  Outcome op_unbind(Invocation &);
  Outcome op_info(Invocation &);
  virtual Outcome op_msi_info(Invocation &) { return Errno::No_sys; }
  Outcome op_set_mode(Invocation &);
  template <bool Mask> Outcome op_mask(Invocation &);

  Irq_base *_only_pin = nullptr;
  Spin_lock _lock; ///< protects the bindings
};

/// The machine's interrupt controller and platform control, one object (capability index 6).
class Icu final : public Irq_chip {
public:
  static constexpr unsigned Max_pins = 256, Max_msis = 128;
  static constexpr u32 Msi = 0x80000000;

  explicit Icu(Quota &quota) : Irq_chip(Type::Icu, quota) {}
  static inline Icu *instance = nullptr;

  bool control(unsigned pin, Pin_op op, unsigned mode) override;
  Outcome invoke(Invocation &) override;

private:
  unsigned pins() const override { return platform::irq_pins(); }
  unsigned msis() const override { return platform::msi_count(); }
  Irq_base **binding(unsigned pin) override;
  Outcome op_msi_info(Invocation &) override;

  Irq_base *_pins[Max_pins] = {};
  Irq_base *_msis[Max_msis] = {};
};

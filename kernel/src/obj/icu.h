// SPDX-License-Identifier: MIT
// Interrupt controllers as users see them (abi/kernel-objects.md section 7): numbered pins to which IRQ
// objects and semaphores are bound. The root ICU, the log (input) and the scheduler (hot plug) are such.
#pragma once

#include "ipc/invocation.h"
#include "obj/irq.h"
#include "obj/kobject.h"
#include "types/spin_lock.h"

/// A set of pins. Derived classes say what a pin is.
class Irq_chip : public Kobject {
public:
  virtual void mask_pin(unsigned) {}
  virtual void unmask_pin(unsigned) {}
  virtual bool is_level(unsigned) const { return false; }
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
  virtual Irq_base **binding(unsigned pin) = 0;
  virtual bool attach_pin(unsigned) { return true; }
  virtual void detach_pin(unsigned) {}
  virtual bool set_pin_mode(unsigned, unsigned) { return true; }

private:
  Outcome op_bind(Invocation &);
  Outcome op_unbind(Invocation &);
  Outcome op_info(Invocation &);
  virtual Outcome op_msi_info(Invocation &) { return Errno::No_sys; }
  Outcome op_set_mode(Invocation &);
  Outcome op_mask(Invocation &, bool mask);

  Spin_lock _lock; ///< protects the bindings
};

/// The machine's interrupt controller and platform control, one object (capability index 6).
class Icu final : public Irq_chip {
public:
  static constexpr unsigned Max_pins = 256, Max_msis = 128;
  static constexpr u32 Msi = 0x80000000;

  explicit Icu(Quota &quota) : Irq_chip(Type::Icu, quota) {}
  static Icu *instance;

  void mask_pin(unsigned pin) override;
  void unmask_pin(unsigned pin) override;
  bool is_level(unsigned pin) const override;
  Outcome invoke(Invocation &) override;

private:
  unsigned pins() const override;
  unsigned msis() const override;
  Irq_base **binding(unsigned pin) override;
  bool attach_pin(unsigned pin) override;
  void detach_pin(unsigned pin) override;
  bool set_pin_mode(unsigned pin, unsigned mode) override;
  Outcome op_msi_info(Invocation &) override;
  Outcome platform_operation(Invocation &);
  void free() override {} // never dies: the kernel keeps a reference

  Irq_base *_pins[Max_pins] = {};
  Irq_base *_msis[Max_msis] = {};
};

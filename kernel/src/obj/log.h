// SPDX-License-Identifier: MIT
// The kernel log: the serial console as a Vcon (abi/kernel-objects.md section 10).
#pragma once

#include "obj/icu.h"

class Log final : public Irq_chip {
public:
  explicit Log(Quota &quota) : Irq_chip(Type::Log, quota) {}
  static Log *instance;

  /// Input arrived: pin 0.
  void input_arrived() { fire(0); }
  Outcome invoke(Invocation &) override;

private:
  Irq_base **binding(unsigned pin) override { return pin == 0 ? &_irq : nullptr; }
  bool attach_pin(unsigned) override;
  Outcome write(Invocation &);
  Outcome read(Invocation &);
  Outcome set_attributes(Invocation &);
  void put(char c);
  void free() override {} // never dies

  Irq_base *_irq = nullptr;
  // ICRNL, ONLCR, ECHO
  Word _input_flags = 0x100, _output_flags = 4, _local_flags = 8;
};

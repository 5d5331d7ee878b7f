// SPDX-License-Identifier: MIT
// The kernel log: the serial console as a Vcon (abi/kernel-objects.md section 10).
#pragma once

#include "obj/icu.h"

class Log final : public Irq_chip {
public:
  explicit Log(Quota &quota) : Irq_chip(Type::Log, quota) {}
  static inline Log *instance = nullptr;

  /// Input arrived: pin 0.
  void input_arrived() { fire(0); }
  Outcome invoke(Invocation &) override;

private:
  bool control(unsigned pin, Pin_op op, unsigned mode) override;
  Outcome write(Invocation &);
  Outcome read(Invocation &);
  Outcome set_attributes(Invocation &);
  Outcome get_attributes(Invocation &);
  void put(char c);

  // ICRNL, ONLCR, ECHO
  Word _input_flags = 0x100, _output_flags = 4, _local_flags = 8;
};

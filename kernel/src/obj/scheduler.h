// SPDX-License-Identifier: MIT
// The scheduler object: gives threads CPUs, priorities and quanta (abi/kernel-objects.md section 9).
#pragma once

#include "obj/icu.h"

class Scheduler final : public Irq_chip {
public:
  explicit Scheduler(Quota &quota) : Irq_chip(Type::Scheduler, quota) {}
  static Scheduler *instance;
  Outcome invoke(Invocation &) override;

private:
  Irq_base **binding(unsigned pin) override { return pin == 0 ? &_hotplug : nullptr; }
  Outcome info(Invocation &);
  Outcome run_thread(Invocation &);
  Outcome idle_time(Invocation &);
  void free() override {} // never dies

  Irq_base *_hotplug = nullptr; ///< pin 0: a CPU came or went
};

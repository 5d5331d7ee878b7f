// SPDX-License-Identifier: MIT
// The scheduler object: gives threads CPUs, priorities and quanta (abi/kernel-objects.md section 9).
#pragma once

#include "obj/icu.h"

class Scheduler final : public Irq_chip {
public:
  explicit Scheduler(Quota &quota) : Irq_chip(Type::Scheduler, quota) {}
  static inline Scheduler *instance = nullptr;
  Outcome invoke(Invocation &) override;
};

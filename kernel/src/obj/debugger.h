// SPDX-License-Identifier: MIT
// Debugger object (abi/kernel-objects.md section 11): text output, and figures for the leak check and for `ps`.
#pragma once

#include "obj/kobject.h"

class Debugger final : public Kobject {
public:
  explicit Debugger(Quota &quota) : Kobject(Type::Debugger, quota) {}
  static inline Debugger *instance = nullptr;
  Outcome invoke(Invocation &) override;
};

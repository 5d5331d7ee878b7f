// SPDX-License-Identifier: MIT
// Debugger object (abi/kernel-objects.md section 11): text output, and figures for the leak check and for `ps`.
#pragma once

#include "ipc/invocation.h"
#include "obj/kobject.h"

class Debugger final : public Kobject {
public:
  explicit Debugger(Quota &quota) : Kobject(Type::Debugger, quota) {}
  static Debugger *instance;
  Outcome invoke(Invocation &) override;

private:
  Outcome output(Invocation &);
  Outcome name(Invocation &, bool set);
  Outcome memory_figures(Invocation &);
  Outcome thread_figures(Invocation &);
  void free() override {} // never dies
};

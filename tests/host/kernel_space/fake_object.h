// SPDX-License-Identifier: MIT
// A kernel object without behaviour, and a death that only clears its slots.
#pragma once

#include "ipc/invocation.h"
#include "obj/kobject.h"
#include "space/obj_space.h"

class Fake_object final : public Kobject {
public:
  explicit Fake_object(Quota &quota) : Kobject(Type::Semaphore, quota) {}
  Outcome invoke(Invocation &) override { return Outcome::ok(); }
  /// What the Reclaimer does after die(). Returns the number of steps.
  unsigned clear_slots()
  {
    unsigned steps = 1;
    while (Obj_space::clear_slots_of(*this) == Step::More)
      ++steps;
    return steps;
  }

private:
  void free() override {}
};

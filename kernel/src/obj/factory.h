// SPDX-License-Identifier: MIT
// Factories: create kernel objects within a memory limit (abi/kernel-objects.md section 1).
#pragma once

#include "ipc/invocation.h"
#include "mem/quota.h"
#include "obj/kobject.h"

/// Every object made through a factory, and all memory that object needs later, is charged to the factory's
/// own limit; a factory itself is charged with its limit and its size to the one that made it. A factory that died
/// keeps its limit charged until the last byte of its objects is returned.
class Factory final : public Kobject, public Quota {
public:
  /// Charges limit + own size to `parent`; null if that fails.
  static Factory *create(Quota &parent, Word limit);
  /// The root: no limit, never dies. `memory` of sizeof(Factory).
  static Factory *create_root(void *memory);

  Outcome invoke(Invocation &) override;

private:
  Factory(Quota &parent, Word limit) : Kobject(Type::Factory, parent), Quota(limit) {}
  Result<Kobject *> create_object(Invocation &, i64 type, Step &step);
  Result<Kobject *> create_gate(Invocation &);
  Result<Kobject *> create_task(Invocation &, Step &step);
  static Outcome created_task(Invocation &call);
  static Outcome go_on_with_task(Invocation &call, Cap_index slot);
  Result<Kobject *> create_factory(Invocation &);
  void free() override { orphan(); }
  /// All bytes are back and the factory is dead: only now its own memory goes.
  void idle() override;
};

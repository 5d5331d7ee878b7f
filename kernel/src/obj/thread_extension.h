// SPDX-License-Identifier: MIT
// What only few threads need, kept out of Thread: vCPU mode, page-fault trampoline, deletion IRQ,
// segment descriptors.
#pragma once

#include "types/user_areas.h"

class Irq_base;
class Task;

/// Made by the first operation that needs it, charged to the thread's quota, freed with the thread.
struct Thread_extension {
  static constexpr unsigned Descriptors = 4;

  // ---- vCPU mode (owner: Vcpu) ----
  Vcpu_area *vcpu = nullptr; ///< kernel alias of the state area; null: vCPU mode is not enabled
  Word vcpu_address = 0;     ///< its user address
  Task *user_task = nullptr; ///< cached, with a reference as a bound thread holds one
  bool user_mode = false;    ///< runs in user_task; the truth, whatever the user-written state says

  // ---- page-fault trampoline (owner: Page_fault_trampoline) ----
  bool trampoline_enabled = false;
  Trampoline_area *trampoline = nullptr;
  Word trampoline_address = 0;

  Irq_base *deletion_irq = nullptr; ///< Thread::deletion_irq()

  /// Segment descriptors while the thread runs (abi/kernel-objects.md section 3, gdt_x86).
  Word descriptors[Descriptors] = {};
};

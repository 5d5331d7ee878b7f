// SPDX-License-Identifier: MIT
// A task's address space: page tables, their shadow in the mapping database, kernel-user memory.
#pragma once

#include "mem/quota.h"
#include "space/map_item.h"
#include "space/tlb_batch.h"
#include "types/result.h"

class Mem_space {
public:
  /// Allocates the root table (with the kernel's half filled in by arch); false without memory.
  bool init(Quota &quota);

  /// Physical address for CR3.
  Phys_addr root() const;

  /// The CPUs that may hold translations of this space.
  Word active_cpus() const;
  void activate_on(Cpu_id cpu);
  void deactivate_on(Cpu_id cpu);

  static Step map(Mem_space &from, Mem_space &to, Quota &to_quota, Map_item &item, Tlb_batch &tlb);
  Step unmap(Unmap_item &item, Tlb_batch &tlb);
  /// Empty the space and free its tables, in bounded steps.
  Step clear(Quota &quota, Tlb_batch &tlb);

  /// sigma0 only: map the page around `address` one to one, as a root of the mapping database, with the
  /// largest page size that fits, all rights. False without memory.
  bool map_identity(Virt_addr address, Quota &quota);

  /// Add zeroed kernel-user memory at the page's address, read/write, pinned (kernel-objects.md
  /// section 2, add_ku_mem). Errors: Inval type, order outside 12..17 or beyond user space; Exist if any page
  /// is in use; No_mem.
  Result<Fpage> add_ku_mem(Fpage area, Quota &quota);
  /// Kernel alias of [address, address + bytes) if it lies completely in one kernel-user area, else null.
  void *ku_alias(Virt_addr address, Word bytes) const;
};

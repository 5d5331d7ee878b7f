// SPDX-License-Identifier: MIT
// A task's address space: page tables, their shadow in the mapping database, kernel-user memory.
#pragma once

#include "space/map_space.h"
#include "types/result.h"

/// An address space of 0..User_max. Pages of 4 KiB and 2 MiB, mapped hierarchically (Map_space).
/// Step functions are bounded and hold no lock on return; any CPU, interrupts off.
class Mem_space final : public Map_space {
public:
  constexpr Mem_space() : Map_space(Kind::Memory, Top_level, User_max) {}

  /// Allocates the root table (with the kernel's half filled in by arch); false without memory.
  /// Everything the space needs from now on is charged to `quota`. `Identity::Yes`: sigma0's.
  bool init(Quota &quota, Identity identity = Identity::No);

  /// What a CPU loads to translate with this space (arch::init_root_table()).
  Word root_word() const { return _root_word; }

  /// abi/ipc.md section 4. No_memory: quota or memory of `to`; the rest was not mapped.
  static Step map(Mem_space &from, Mem_space &to, Map_item &item, Tlb_batch &tlb);
  /// abi/kernel-objects.md section 2. Never No_memory.
  Step unmap(Unmap_item &item, Tlb_batch &tlb);
  /// One small page (not granted) to an empty place for which there are tables, in one go. False:
  /// nothing was done, and map() finds out what there is to do. Addresses are multiples of the page
  /// size, and may be beyond the space.
  static bool map_page(Mem_space &from, Word source, Mem_space &to, Word destination,
                       Send_item control, u8 rights);
  /// One small page from which nothing was derived, likewise; access_flags is set in any case.
  bool unmap_page(Word address, u8 &access_flags, Tlb_batch &tlb);
  /// sigma0 only: map the page around `address` one to one, as a root of the mapping database, with
  /// the largest page size that fits, all rights. False without memory or above User_max.
  bool map_identity(Virt_addr address)
  {
    Budget budget;
    return make_root(trunc_to(address.value(), Page_shift), budget);
  }

  /// Add zeroed kernel-user memory at the page's address, read/write, pinned (kernel-objects.md
  /// section 2, add_ku_mem). Errors: Inval type, order outside 12..17 or beyond user space; Exist
  /// if any page is in use; No_mem. Step::More: to be called again. Whoever asks for an area that
  /// somebody began and did not finish goes on with it.
  Result<Step> add_ku_mem(Fpage area);
  /// Whether a flexpage can be kernel-user memory: memory, order 12..17, in user space.
  static bool is_ku_area(Fpage area);
  /// What the caller of add_ku_mem() is told: the area, base rounded down, without rights.
  static Fpage ku_area(Fpage area)
  {
    return Fpage(Fpage::Type::Memory, Region::of(area, 0).base, area.order(), 0);
  }
  /// Kernel alias of [address, address + bytes) if it lies completely in one kernel-user area, else
  /// null.
  void *ku_alias(Virt_addr address, Word bytes) const;

private:
  static constexpr unsigned Top_level = 3;

  /// Where a claimed entry of kernel-user memory has the order of its area, in pages.
  static constexpr unsigned Ku_order_shift = 52;
  Result<bool> claim_ku_pages(Word *entries, unsigned order, Word claim);
  static Step clear_ku_pages(Word *entries, unsigned order, Budget &budget);
};

// SPDX-License-Identifier: MIT
#pragma once

#include "region.h"

namespace Itas {

/// Base of server objects without virtual functions: there is one of each, and the request loop knows
/// them.
struct Plain_object {};

/// A page fault, decoded from the kernel's message (ipc.md section 8).
struct Fault {
  l4_addr_t address = 0;
  l4_addr_t ip = 0;
  bool write = false;
  bool fetch = false;

  /// From the words of a page-fault message.
  static Fault from_message(l4_umword_t mr0, l4_umword_t mr1)
  {
    return {mr0 & ~7UL, mr1, (mr0 & 2) != 0, (mr0 & 4) != 0};
  }
};

/// What became of a page fault.
struct Fault_result {
  enum class Kind {
    Mapped,       ///< the access can be repeated
    Null,         ///< no region, close to address 0
    No_region,    ///< nothing is attached there
    Stack_guard,  ///< what is kept free below a stack
    Reserved,     ///< the address range is reserved or belongs to the kernel
    Not_readable, ///< the region does not allow to read
    Not_writable,
    Not_executable,
    Not_backed, ///< `error`: what the dataspace or the outer region map said
  };

  Kind kind = Kind::Mapped;
  long error = 0; ///< for the reply: 0 or a negative error (l4re-protocols.md section 3.3)
  Region const *region = nullptr;
};

/**
 * The address space of this task: its layout, and the pages behind it.
 *
 * Used by the one thread of itas only, for requests and faults alike, so that nothing here needs
 * a lock.
 */
class Address_space {
public:
  using Map = Ldr::Region_map<Region, Heap_alloc>;

  Address_space(l4_addr_t min, l4_addr_t max)
      : _map(&_alloc, min, max, min < Null_area ? Null_area : min)
  {
  }

  /// A pointer that is null plus the offset of a member is still called null: nothing is placed
  /// below this address unless somebody asks for it.
  static constexpr l4_addr_t Null_area = 64 << 10;

  /// Take over the regions that the loader attached for itas, and keep room for the heap.
  /// \return 0 or a negative error
  long import();

  /// Arguments of `attach()`, as in the protocol.
  struct Attach {
    l4_addr_t start = 0;
    l4_size_t size = 0;
    l4_uint32_t flags = 0;
    unsigned char align = L4_PAGESHIFT;
    L4::Cap<L4Re::Dataspace> ds = L4::Cap<L4Re::Dataspace>::Invalid;
    l4_addr_t offset = 0;
    l4_cap_idx_t client_cap = L4_INVALID_CAP;
    char const *name = "";
    l4_size_t name_length = 0;
    l4_addr_t backing_offset = 0;
  };

  /**
   * Attach a region.
   *
   * \param a  `a.ds` belongs to the region after success
   * \param[out] start  where the region lies
   * \return 0, or the errors of the protocol
   *
   * Anonymous regions are attached to the outer region map too, which gives them their memory.
   */
  long attach(Attach const &a, l4_addr_t *start);

  /// What a detach removed.
  struct Detached {
    l4_addr_t start = 0;
    l4_size_t size = 0;
    l4_cap_idx_t client_cap = L4_INVALID_CAP;
  };
  /// \return a detach result including the bit that says that the range was unmapped
  long detach(l4_addr_t start, l4_size_t size, l4_uint32_t flags, Detached *out);

  /// Make the page of an access present.
  Fault_result resolve(Fault const &fault);
  /// Make all pages of a range present; unmappable ones are skipped.
  void page_in(l4_addr_t first, l4_addr_t last, unsigned rights);
  /// The stack that begins behind the gap or guard at an address, or null.
  [[nodiscard]] Region const *stack_above_guard(l4_addr_t address) const;
  /// True if `size` bytes can be read now; makes them present.
  bool readable(l4_addr_t address, l4_size_t size);

  Map &map() { return _map; }
  Map const &map() const { return _map; }

private:
  /// Most that one fault maps from a dataspace whose pages exist: 2^n bytes.
  static constexpr unsigned Fault_around = 16;

  long import_region(l4_addr_t start, l4_addr_t last, l4_uint32_t flags);
  long import_areas();
  long keep_null_page();
  long keep_heap_room();
  long mirror(Region const &r, l4_uint32_t flags);
  Fault_result no_memory(l4_addr_t address, Region const *r) const;
  Fault_result check_access(Fault const &fault) const;
  long map_plain(Region const &r, l4_addr_t page);
  long map_private(Region const &r, l4_addr_t page, bool write);
  static long ask_outer(Fault const &fault);

  Heap_alloc _alloc;
  Map _map;
};

} // namespace Itas

// SPDX-License-Identifier: MIT
#pragma once

#include "range_map.h"

#include <l4/sys/kip.h>
#include <l4/sys/memdesc.h>

/// A piece of memory that may be mapped to a client, 1:1.
struct Grant {
  long err = 0; ///< 0 or a negated L4 error; the rest is valid only for 0
  l4_addr_t addr = 0;
  unsigned char order = 0;
  unsigned char rights = 0;
};

/**
 * Who owns which memory and which I/O ports.
 *
 * Start state (boot.md section 4): conventional memory is free with all rights; memory of the root
 * task (type bootloader) belongs to the root task, with the rights of its ELF segments; kernel and
 * sigma0 memory belongs to nobody and is never given away; everything else below the processor's
 * physical limit is device memory.
 */
class Memory_map {
public:
  /// Owner id of the root task: its gate has label 0x40.
  static constexpr Owner Root_owner = 4;

  /**
   * Read the descriptors in array order (later ones win).
   *
   * \param first, count  descriptors of the KIP
   * \param phys_limit    end of the physical address space, exclusive
   * \return false if there are more ranges than the static tables hold
   */
  [[nodiscard]] bool init(l4_kernel_info_mem_desc_t const *first, unsigned count,
                          l4_uint64_t phys_limit);

  /// RAM at an address: free, or owned by `owner` already. -L4_EINVAL, -L4_ENOMEM
  Grant request_ram(Owner owner, l4_addr_t addr, unsigned order);
  /// Free RAM with all rights, lowest address first. -L4_EINVAL, -L4_ENOMEM
  Grant request_any(Owner owner, unsigned order);
  /// Device memory at an address. -L4_EINVAL, -L4_ENOMEM
  Grant request_iomem(Owner owner, l4_addr_t addr, unsigned order);

  /**
   * Page fault of `owner`.
   *
   * A free page of RAM is assigned; inside of memory that the owner has already, the largest
   * aligned block up to 2 MiB is granted at once. -L4_ENOMEM: not RAM, or of another owner;
   * -L4_EACCESS: the access is not allowed by the rights of the range.
   * \param access  L4_FPAGE_* bits that the access needs
   */
  Grant page_fault(Owner owner, l4_addr_t addr, unsigned char access);

  /// I/O ports: 2^order ports from `port`, a multiple of their number. -L4_EINVAL, -L4_ENOMEM
  long request_ports(Owner owner, l4_addr_t port, unsigned order);

  /**
   * Make everything of an owner free again.
   * \param unmap_memory, unmap_ports  called with (start, end) before the range becomes free; they
   *        take the mappings away from all tasks
   */
  template <typename Mem, typename Ports>
  void release(Owner owner, Mem &&unmap_memory, Ports &&unmap_ports)
  {
    _ram.release(owner, [&](Range const &r) { unmap_memory(r.start, r.end); });
    _iomem.release(owner, [&](Range const &r) { unmap_memory(r.start, r.end); });
    _ports.release(owner, [&](Range const &r) { unmap_ports(r.start, r.end); });
  }

  /// Call `fn(char const *kind, Range const &)` for each range, kind by kind, ascending.
  template <typename Fn> void for_each(Fn &&fn) const
  {
    for (Range const &r : _ram)
      fn("RAM", r);
    for (Range const &r : _iomem)
      fn("I/O memory", r);
    for (Range const &r : _ports)
      fn("I/O ports", r);
  }

private:
  [[nodiscard]] bool add_descriptor(l4_uint64_t start, l4_uint64_t end, unsigned type,
                                    unsigned sub_type);
  [[nodiscard]] bool add_root_memory(l4_uint64_t start, l4_uint64_t end, unsigned char rights);
  template <unsigned N>
  static Grant request(Range_map<N> &map, Owner owner, l4_addr_t addr, unsigned order);

  Range_map<1024> _ram;
  Range_map<1024> _iomem;
  Range_map<512> _ports;
};

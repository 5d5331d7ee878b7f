// SPDX-License-Identifier: MIT
// A task's I/O ports.
#pragma once

#include "space/map_space.h"

/// I/O ports 0..65535, mapped hierarchically like memory: for Map_space a port is a page of 4 KiB
/// at port << 12, a block of 512 ports a large page. What the CPU looks at is a copy of the bitmap.
/// init() cannot fail: memory is taken at the first port; Identity::Yes is sigma0's, with all
/// ports.
class Io_space final : public Map_space {
public:
  static constexpr Word Port_count = 65536;
  static constexpr unsigned Bitmap_order = 1; ///< 2 pages: one bit per port

  constexpr Io_space() : Map_space(Kind::Ports, Top_level, (Port_count << Page_shift) - 1) {}

  /// Intersection of both flexpages, one to one, the hot spot is ignored (abi/ipc.md section 4).
  /// No_memory also if only the source is without memory for what it never used before.
  static Step map(Io_space &from, Io_space &to, Map_item &item, Tlb_batch &tlb);
  Step unmap(Unmap_item &item, Tlb_batch &tlb);
  /// As Map_space::clear(), with the bitmap.
  Step clear(Budget &budget, Tlb_batch &tlb);

  /// Whether all `count` ports from `port` on are mapped; for sigma0 they are mapped by asking.
  bool has_ports(Word port, unsigned count);

  /// Let this CPU use the ports of the space, until it loads another space or takes a port away.
  /// Meant for #GP of what may be an I/O instruction: false if it could use all of them before, so
  /// that trying again would be in vain.
  bool load();
  /// 65,536 bits in the format of the TSS, 0 = allowed, 8 KiB; null: no port was ever mapped.
  u8 const *bitmap() const { return __atomic_load_n(&_bitmap, __ATOMIC_ACQUIRE); }

private:
  static constexpr unsigned Top_level = 1;

  friend class Map_space; // set_ports()
  bool make_bitmap();

  u8 *_bitmap = nullptr;
};

// SPDX-License-Identifier: MIT
#pragma once

#include "fixed_vector.h"
#include "kip.h"
#include "memory.h"

namespace boot {

/// The memory descriptors for the kernel info page (boot.md section 4), collected in the order in
/// which they are to appear there.
class Mem_desc_list {
public:
  /// Slots that stay free for what the kernel itself appends: user address space, the hole in it,
  /// its heap and its devices.
  static constexpr unsigned Kernel_slots = 8;

  /// RAM: rounded inward to 1 KiB; what is then empty is left out.
  void add_ram(Range range);
  /// Anything else: rounded outward. Joined with the previous entry where they are of one kind
  /// and adjacent or overlapping.
  void add(Range range, Mem_type type, uint8_t sub_type);

  /// Make the list fit into `slots`. Firmware ranges of sub type "reserved" go first (they are
  /// not RAM, entry or not), then the smallest RAM ranges that nothing was loaded to. Returns the
  /// number of entries left out; panics if even that is not enough.
  unsigned fit(unsigned slots);

  /// Write all entries to the array at `address` and clear the rest of its `slots`.
  void store(Memory memory, Addr address, unsigned slots) const;

  size_t size() const { return _entries.size(); }
  Mem_desc const &operator[](size_t index) const { return _entries[index]; }

private:
  size_t most_dispensable() const;
  bool is_in_use(Range ram) const;

  Fixed_vector<Mem_desc, 1088> _entries{"memory descriptors"};
};

} // namespace boot

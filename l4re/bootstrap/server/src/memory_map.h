// SPDX-License-Identifier: MIT
#pragma once

#include "boot_info.h"
#include "range_set.h"

namespace boot {

/// The firmware's memory map, made consistent: RAM is what is called RAM and by no other entry
/// anything else; neighbours of the same type are one.
class Memory_map {
public:
  /// Panics if there is no RAM at all. `entries` may overlap and come in any order.
  explicit Memory_map(Span<Firmware_range const> entries);

  Range_set const &ram() const { return _ram; }
  /// Sorted by address; entries of type "unusable" are left out, they are just not RAM.
  Span<Firmware_range const> firmware() const { return {_firmware.begin(), _firmware.size()}; }

  /// RAM inside the loader's reach, i.e. below 4 GiB.
  Range_set usable_ram() const;

private:
  void add_firmware(Firmware_range entry);
  void join_neighbours();

  Range_set _ram;
  Fixed_vector<Firmware_range, 512> _firmware{"firmware memory ranges"};
};

} // namespace boot

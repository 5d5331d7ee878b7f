// SPDX-License-Identifier: MIT
// CPU sets as users write them: bit i of the map stands for the 2^granularity CPUs from
// offset + i * 2^granularity on (abi/kernel-objects.md section 9).
#pragma once

#include "types/types.h"

class Cpu_set {
public:
  constexpr Cpu_set(Word gran_offset, Word map)
      : _map(map), _offset(u32(gran_offset & 0xffffff)),
        _granularity((gran_offset >> 24 & 0xff) > 24 ? 24 : u8(gran_offset >> 24))
  {
  }
  static constexpr Cpu_set only(Cpu_id cpu) { return Cpu_set(cpu, 1); }
  /// First CPU described, rounded down to the granularity.
  constexpr u32 offset() const { return _offset >> _granularity << _granularity; }
  /// The map bit that stands for `cpu`; 0 if it is outside of the window.
  constexpr Word bit_of(Cpu_id cpu) const
  {
    if (cpu < offset()) return 0;
    u32 bit = (cpu - offset()) >> _granularity;
    return bit < 64 ? Word{1} << bit : 0;
  }
  constexpr bool contains(Cpu_id cpu) const { return _map & bit_of(cpu); }

private:
  Word _map;
  u32 _offset;
  u8 _granularity;
};

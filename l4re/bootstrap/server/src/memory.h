// SPDX-License-Identifier: MIT
#pragma once

#include "types.h"

namespace boot {

/// Access to physical memory. On the target the origin is 0 (identity map); host tests put a
/// buffer behind it, so that the whole loader runs on simulated RAM.
/// Callers have checked that the range is RAM or firmware data; there is no check here.
class Memory {
public:
  explicit Memory(uintptr_t origin = 0) : _origin(origin) {}

  void *at(Addr address) const { return reinterpret_cast<void *>(_origin + address); }

  /// Read a value; `address` needs no alignment, as files and firmware tables promise none.
  template <typename T> T read(Addr address) const
  {
    T value;
    __builtin_memcpy(&value, at(address), sizeof(T));
    return value;
  }

  template <typename T> void write(Addr address, T const &value) const
  {
    __builtin_memcpy(at(address), &value, sizeof(T));
  }

  void copy(Addr to, Addr from, size_t bytes) const
  {
    if (to != from) __builtin_memmove(at(to), at(from), bytes);
  }
  void copy_in(Addr to, const void *from, size_t bytes) const
  {
    __builtin_memcpy(at(to), from, bytes);
  }
  void clear(Range range) const { __builtin_memset(at(range.start), 0, range.size()); }

private:
  uintptr_t _origin;
};

} // namespace boot

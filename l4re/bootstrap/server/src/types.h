// SPDX-License-Identifier: MIT
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace boot {

/// A physical address in bytes. The loader runs identity mapped, so on the target it is also
/// the virtual address; in host tests `Memory` adds the place of the simulated RAM.
using Addr = uint64_t;

inline constexpr Addr Page_size = 0x1000;
inline constexpr Addr Mib = 1 << 20;
/// End of the loader's identity map. All that booting needs lies below (boot.md section 1).
inline constexpr Addr Reach = Addr{1} << 32;

/// `alignment` is a power of two.
constexpr Addr round_down(Addr value, Addr alignment)
{
  return value & ~(alignment - 1);
}

/// `alignment` is a power of two; `value` is at least one alignment below 2^64.
constexpr Addr round_up(Addr value, Addr alignment)
{
  return round_down(value + alignment - 1, alignment);
}

/// The bytes [start, end). Empty if start >= end.
struct Range {
  Addr start = 0;
  Addr end = 0;

  constexpr bool empty() const { return start >= end; }
  constexpr Addr size() const { return empty() ? 0 : end - start; }
  constexpr bool contains(Range other) const { return start <= other.start && other.end <= end; }
  constexpr bool contains(Addr address) const { return start <= address && address < end; }
  constexpr bool overlaps(Range other) const
  {
    return !empty() && !other.empty() && start < other.end && other.start < end;
  }
  /// The whole pages that this range touches.
  constexpr Range pages() const { return {round_down(start, Page_size), round_up(end, Page_size)}; }
  friend constexpr bool operator==(Range, Range) = default;
};

/// `size` bytes at `start`, cut at the end of the address space.
constexpr Range range_at(Addr start, uint64_t size)
{
  return {start, size > ~Addr{0} - start ? ~Addr{0} : start + size};
}

/// A borrowed array.
template <typename T> struct Span {
  T *first = nullptr;
  size_t count = 0;

  constexpr T *begin() const { return first; }
  constexpr T *end() const { return first + count; }
  constexpr size_t size() const { return count; }
  constexpr T &operator[](size_t index) const { return first[index]; }
};

} // namespace boot

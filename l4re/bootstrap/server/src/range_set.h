// SPDX-License-Identifier: MIT
#pragma once

#include "fixed_vector.h"
#include "types.h"

namespace boot {

/// A set of addresses, kept as sorted, disjoint, non-adjacent ranges.
class Range_set {
public:
  void add(Range range);
  void remove(Range range);

  bool contains(Range range) const;
  bool overlaps(Range range) const;

  /// The lowest aligned place for `size` bytes that lies completely in the set and in `within`.
  /// `found.start` is a multiple of `alignment`; false if there is none.
  bool find(uint64_t size, Addr alignment, Range within, Range &found) const;

  size_t size() const { return _ranges.size(); }
  Range const *begin() const { return _ranges.begin(); }
  Range const *end() const { return _ranges.end(); }

  /// One past the last address; 0 for the empty set.
  Addr upper_bound() const { return _ranges.empty() ? 0 : _ranges[_ranges.size() - 1].end; }
  uint64_t bytes() const;

private:
  /// Index of the first range that ends at or behind `address`.
  size_t first_ending_at(Addr address) const;

  Fixed_vector<Range, 1088> _ranges{"memory ranges"};
};

} // namespace boot

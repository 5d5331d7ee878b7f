// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/types.h>

/// Owner of a resource: label of the client's gate >> 4. 0 is nobody: the range is free.
using Owner = l4_umword_t;
constexpr Owner Nobody = 0;

/// A half-open interval of addresses (or ports) with one owner.
struct Range {
  l4_uint64_t start;
  l4_uint64_t end; ///< exclusive, > start
  Owner owner;
  unsigned char rights; ///< L4_FPAGE_{X,W,RO} of its mappings; 0: not stated
};

/**
 * Ordered set of disjoint ranges in static memory.
 *
 * Invariants: sorted by address, disjoint, and neighbours that touch differ in owner or rights.
 * The number of ranges is bounded by `Capacity`; an operation that might exceed it is refused
 * before anything is changed. Look-up is a binary search, changes move the entries behind them.
 */
template <unsigned Capacity> class Range_map {
public:
  Range const *begin() const { return _ranges; }
  Range const *end() const { return _ranges + _count; }

  /// \return the range that contains `addr`, else the first one behind it, else `end()`
  Range const *lower_bound(l4_uint64_t addr) const { return _ranges + index_of(addr); }

  /// \return the range that contains `addr`, or null
  Range const *find(l4_uint64_t addr) const
  {
    Range const *r = lower_bound(addr);
    return r != end() && r->start <= addr ? r : nullptr;
  }

  /// Make [start, end) one range, whatever was there before. \return false when full
  [[nodiscard]] bool insert(l4_uint64_t start, l4_uint64_t end, Owner owner, unsigned char rights)
  {
    if (start >= end) return true;
    if (!remove(start, end) || _count == Capacity) return false;
    unsigned const i = index_of(start);
    open_gap(i);
    _ranges[i] = {start, end, owner, rights};
    merge_around(i, i);
    return true;
  }

  /// Take [start, end) out of the set. \return false when full (a range would be split)
  [[nodiscard]] bool remove(l4_uint64_t start, l4_uint64_t end)
  {
    if (start >= end) return true;
    if (!can_split()) return false;
    unsigned const first = split(start), last = split(end);
    for (unsigned i = last; i < _count; ++i)
      _ranges[first + i - last] = _ranges[i];
    _count -= last - first;
    return true;
  }

  /// Give all ranges inside of [start, end) to `owner`; rights stay. \return false when full
  [[nodiscard]] bool assign(l4_uint64_t start, l4_uint64_t end, Owner owner)
  {
    if (!can_split()) return false;
    unsigned const first = split(start), last = split(end);
    for (unsigned i = first; i < last; ++i)
      _ranges[i].owner = owner;
    if (first < last) merge_around(first, last - 1);
    return true;
  }

  /// Give everything that belongs to `owner` back; calls `fn(Range const &)` for each range first.
  template <typename Fn> void release(Owner owner, Fn &&fn)
  {
    for (unsigned i = 0; i < _count; ++i)
      if (_ranges[i].owner == owner) {
        fn(static_cast<Range const &>(_ranges[i]));
        _ranges[i].owner = Nobody;
      }
    if (_count) merge_around(0, _count - 1);
  }

private:
  static bool mergeable(Range const &a, Range const &b)
  {
    return a.end == b.start && a.owner == b.owner && a.rights == b.rights;
  }

  /// Index of the first range that ends behind `addr`.
  unsigned index_of(l4_uint64_t addr) const
  {
    unsigned low = 0, high = _count;
    while (low < high) {
      unsigned const mid = (low + high) / 2;
      if (_ranges[mid].end <= addr)
        low = mid + 1;
      else
        high = mid;
    }
    return low;
  }

  /// Two splits add at most two ranges.
  bool can_split() const { return _count + 2 <= Capacity; }

  void open_gap(unsigned i)
  {
    for (unsigned k = _count++; k > i; --k)
      _ranges[k] = _ranges[k - 1];
  }

  /// Make `addr` a border. \return index of the first range at or behind it
  unsigned split(l4_uint64_t addr)
  {
    unsigned const i = index_of(addr);
    if (i == _count || _ranges[i].start >= addr) return i;
    open_gap(i);
    _ranges[i].end = addr;
    _ranges[i + 1].start = addr;
    return i + 1;
  }

  /// Restore "neighbours differ" for the ranges first..last and their neighbours.
  void merge_around(unsigned first, unsigned last)
  {
    unsigned out = first ? first - 1 : 0;
    unsigned in = out + 1;
    for (; in <= last + 1 && in < _count; ++in) {
      if (mergeable(_ranges[out], _ranges[in]))
        _ranges[out].end = _ranges[in].end;
      else
        _ranges[++out] = _ranges[in];
    }
    if (++out == in) return;
    for (; in < _count; ++in)
      _ranges[out++] = _ranges[in];
    _count = out;
  }

  unsigned _count = 0;
  Range _ranges[Capacity];
};

// SPDX-License-Identifier: MIT
#include "range_set.h"

namespace boot {

size_t Range_set::first_ending_at(Addr address) const
{
  size_t low = 0, high = _ranges.size();
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (_ranges[middle].end < address)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void Range_set::add(Range range)
{
  if (range.empty()) return;
  size_t first = first_ending_at(range.start);
  size_t last = first;
  while (last < _ranges.size() && _ranges[last].start <= range.end) {
    if (_ranges[last].start < range.start) range.start = _ranges[last].start;
    if (_ranges[last].end > range.end) range.end = _ranges[last].end;
    ++last;
  }
  if (first == last) {
    _ranges.insert(first, range);
  } else {
    _ranges[first] = range;
    _ranges.erase(first + 1, last);
  }
}

void Range_set::remove(Range range)
{
  if (range.empty()) return;
  size_t i = first_ending_at(range.start);
  while (i < _ranges.size() && _ranges[i].start < range.end) {
    Range before{_ranges[i].start, range.start};
    Range behind{range.end, _ranges[i].end};
    if (before.empty() && behind.empty()) {
      _ranges.erase(i, i + 1);
    } else if (behind.empty()) {
      _ranges[i++].end = range.start;
    } else if (before.empty()) {
      _ranges[i++] = behind;
    } else {
      _ranges[i] = before;
      _ranges.insert(i + 1, behind);
      i += 2;
    }
  }
}

bool Range_set::contains(Range range) const
{
  size_t i = first_ending_at(range.end);
  return i < _ranges.size() && _ranges[i].contains(range);
}

bool Range_set::overlaps(Range range) const
{
  for (size_t i = first_ending_at(range.start); i < _ranges.size(); ++i) {
    if (_ranges[i].overlaps(range)) return true;
    if (_ranges[i].start >= range.end) return false;
  }
  return false;
}

bool Range_set::find(uint64_t size, Addr alignment, Range within, Range &found) const
{
  for (Range candidate : _ranges) {
    if (candidate.end > within.end) candidate.end = within.end;
    if (candidate.start < within.start) candidate.start = within.start;
    if (candidate.start > ~Addr{0} - alignment) return false;
    candidate.start = round_up(candidate.start, alignment);
    if (!candidate.empty() && candidate.size() >= size) {
      found = {candidate.start, candidate.start + size};
      return true;
    }
  }
  return false;
}

uint64_t Range_set::bytes() const
{
  uint64_t sum = 0;
  for (Range range : _ranges)
    sum += range.size();
  return sum;
}

} // namespace boot

// SPDX-License-Identifier: MIT
#include "move_plan.h"

namespace boot {
namespace {

bool hits(Span<Range const> targets, Range source)
{
  for (Range target : targets)
    if (target.overlaps(source)) return true;
  return false;
}

} // namespace

bool Move_plan::can_execute(size_t item) const
{
  for (size_t other = 0; other < _items.count; ++other) {
    if (_items[other].done || (other == item && _items[item].is_block)) continue;
    if (hits(_items[item].targets, _items[other].source)) return false;
  }
  return true;
}

bool Move_plan::blocks_another(size_t item) const
{
  for (size_t other = 0; other < _items.count; ++other) {
    if (_items[other].done || (other == item && _items[item].is_block)) continue;
    if (hits(_items[other].targets, _items[item].source)) return true;
  }
  return false;
}

Move_plan::Step Move_plan::next()
{
  // From the last to the first: boot loaders place modules in ascending order and mostly they
  // have to move up, so that the last one is the one whose way is free.
  size_t blocker = _items.count;
  for (size_t i = _items.count; i-- > 0;) {
    if (_items[i].done) continue;
    if (can_execute(i)) {
      _items[i].done = true;
      return {Action::Execute, i};
    }
    bool smaller =
        blocker == _items.count || _items[i].source.size() < _items[blocker].source.size();
    if (smaller && blocks_another(i)) blocker = i;
  }
  if (blocker == _items.count) return {Action::Finished, 0};
  return {Action::Park, blocker};
}

} // namespace boot

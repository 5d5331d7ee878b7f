// SPDX-License-Identifier: MIT
#pragma once

#include "boot_info.h"

namespace boot {

/// The order in which modules and segments get to their places, when these places may be where
/// other modules still lie.
///
/// Every item has one source and any number of targets; targets of all items are disjoint, sources
/// too, but targets and sources overlap at will. The plan hands out an item only when its targets
/// hit no source that is still needed. Where items block each other in a circle, one is first
/// brought to a free place ("parked") that no target hits: this breaks every circle it is part of,
/// and a parked item blocks nobody, so at most one parking per item happens and the plan ends.
class Move_plan {
public:
  struct Item {
    Range source;
    Span<Range const> targets;
    /// True if `source` goes as one block to the one target: it may then overlap its own target.
    bool is_block;
    bool done = false;
  };

  enum class Action {
    Execute, ///< the item can go to its targets now; it counts as done after this
    Park,    ///< copy the item's source to a free place and say so with `parked`
    Finished,
  };
  struct Step {
    Action action;
    size_t item;
  };

  /// `items` stay the caller's and are updated.
  explicit Move_plan(Span<Item> items) : _items(items) {}

  Step next();

  /// The item of the last step lies at `source` now; no target and no pending source overlaps it.
  void parked(size_t item, Addr source)
  {
    _items[item].source = {source, source + _items[item].source.size()};
  }

private:
  bool can_execute(size_t item) const;
  bool blocks_another(size_t item) const;

  Span<Item> _items;
};

} // namespace boot

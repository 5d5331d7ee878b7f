// SPDX-License-Identifier: MIT
// Deadlines of one CPU, ordered.
#pragma once

#include "types/types.h"

/// A deadline that may be armed in a Timeout_queue.
class Timeout_node {
public:
  bool is_armed() const { return _place; }
  Microseconds deadline() const { return _armed.deadline; }
  /// Memory for what its owner does only while it has no deadline: arming overwrites it.
  template <class T> T &spare()
  {
    static_assert(sizeof(T) <= sizeof(Armed) && alignof(T) <= alignof(Armed));
    return reinterpret_cast<T &>(_armed);
  }

private:
  struct Armed {
    Timeout_node *child[2];
    Microseconds deadline;
  };

  friend class Timeout_queue;
  friend struct Inspect; // jdb/inspect.h
  Timeout_node **_place = nullptr; ///< the pointer that points here; null: not armed
  Armed _armed; ///< only if it is
};

/// A heap: nothing in a tree comes before its root. Two trees become one along a path whose turns are random, so
/// that paths are short with overwhelming probability whatever deadlines users choose; the numbers come
/// from a generator that users cannot observe. Insert and remove take O(log n) expected steps.
class Timeout_queue {
public:
  explicit Timeout_queue(u64 seed = 0x9e3779b97f4a7c15) : _random(seed | 1) {}

  void insert(Timeout_node &node, Microseconds deadline);
  void remove(Timeout_node &node) { if (node.is_armed()) take_out(node); }
  /// The earliest, or null.
  Timeout_node *first() const { return _root; }

private:
  void take_out(Timeout_node &node);
  void join(Timeout_node **place, Timeout_node *a, Timeout_node *b);

  Timeout_node *_root = nullptr;
  u64 _random;
};

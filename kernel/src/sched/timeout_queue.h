// SPDX-License-Identifier: MIT
// Deadlines of one CPU, ordered.
#pragma once

#include "types/types.h"

/// A deadline that may be armed in a Timeout_queue.
class Timeout_node {
public:
  bool is_armed() const { return _armed; }
  Microseconds deadline() const { return _deadline; }

private:
  friend class Timeout_queue;
  Timeout_node *_left = nullptr, *_right = nullptr, *_parent = nullptr;
  Microseconds _deadline;
  u32 _weight = 0;
  bool _armed = false;
};

/// A treap: a binary search tree by deadline that is a heap by random weights, so that it is
/// balanced with overwhelming probability whatever deadlines users choose; weights come from a
/// generator that users cannot observe. Insert and remove take O(log n) expected steps.
class Timeout_queue {
public:
  explicit Timeout_queue(u64 seed = 0x9e3779b97f4a7c15) : _random(seed | 1) {}

  void insert(Timeout_node &node, Microseconds deadline);
  void remove(Timeout_node &node);
  /// The earliest, or null.
  Timeout_node *first() const { return _first; }

private:
  friend struct Inspect; // jdb/inspect.h
  void rotate_up(Timeout_node &node);
  void replace_child(Timeout_node *parent, Timeout_node *old_child, Timeout_node *new_child);
  static Timeout_node *successor(Timeout_node &node);
  u32 random();

  Timeout_node *_root = nullptr;
  Timeout_node *_first = nullptr;
  u64 _random;
};

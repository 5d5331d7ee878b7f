// SPDX-License-Identifier: MIT
#include "sched/timeout_queue.h"

u32 Timeout_queue::random()
{
  _random ^= _random << 13;
  _random ^= _random >> 7;
  _random ^= _random << 17;
  return u32(_random >> 32);
}

void Timeout_queue::replace_child(Timeout_node *parent, Timeout_node *old_child,
                                  Timeout_node *new_child)
{
  if (!parent)
    _root = new_child;
  else if (parent->_left == old_child)
    parent->_left = new_child;
  else
    parent->_right = new_child;
  if (new_child) new_child->_parent = parent;
}

/// Exchange the node with its parent, keeping the order of deadlines.
void Timeout_queue::rotate_up(Timeout_node &node)
{
  Timeout_node *parent = node._parent;
  replace_child(parent->_parent, parent, &node);
  if (parent->_left == &node) {
    parent->_left = node._right;
    if (node._right) node._right->_parent = parent;
    node._right = parent;
  } else {
    parent->_right = node._left;
    if (node._left) node._left->_parent = parent;
    node._left = parent;
  }
  parent->_parent = &node;
}

void Timeout_queue::insert(Timeout_node &node, Microseconds deadline)
{
  node._deadline = deadline;
  node._weight = random();
  node._left = node._right = node._parent = nullptr;
  node._armed = true;

  Timeout_node **place = &_root;
  bool leftmost = true;
  while (*place) {
    node._parent = *place;
    bool left = deadline < (*place)->_deadline;
    leftmost &= left;
    place = left ? &(*place)->_left : &(*place)->_right;
  }
  *place = &node;
  if (leftmost) _first = &node;
  while (node._parent && node._parent->_weight < node._weight)
    rotate_up(node);
}

Timeout_node *Timeout_queue::successor(Timeout_node &node)
{
  if (Timeout_node *next = node._right) {
    while (next->_left)
      next = next->_left;
    return next;
  }
  Timeout_node *child = &node, *parent = node._parent;
  while (parent && parent->_right == child) {
    child = parent;
    parent = parent->_parent;
  }
  return parent;
}

void Timeout_queue::remove(Timeout_node &node)
{
  if (!node._armed) return;
  if (_first == &node) _first = successor(node);
  while (node._left && node._right)
    rotate_up(node._left->_weight > node._right->_weight ? *node._left : *node._right);
  replace_child(node._parent, &node, node._left ? node._left : node._right);
  node._armed = false;
}

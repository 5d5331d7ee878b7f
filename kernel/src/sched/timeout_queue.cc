// SPDX-License-Identifier: MIT
#include "sched/timeout_queue.h"

/// Make the trees `a` and `b`, which may be empty, one at `place`.
void Timeout_queue::join(Timeout_node **place, Timeout_node *a, Timeout_node *b)
{
  _random ^= _random << 13;
  _random ^= _random >> 7;
  _random ^= _random << 17;
  for (u64 turns = _random; a && b; turns = turns >> 1 | turns << 63) {
    Timeout_node *root = b->_armed.deadline < a->_armed.deadline ? b : a;
    if (root == b) b = a;
    *place = root;
    root->_place = place;
    place = &root->_armed.child[turns & 1];
    a = *place;
  }
  *place = a ? a : b;
  if (*place) (*place)->_place = place;
}

void Timeout_queue::insert(Timeout_node &node, Microseconds deadline)
{
  node._armed.deadline = deadline;
  node._armed.child[0] = node._armed.child[1] = nullptr;
  join(&_root, _root, &node);
}

void Timeout_queue::take_out(Timeout_node &node)
{
  join(node._place, node._armed.child[0], node._armed.child[1]);
  node._place = nullptr;
}

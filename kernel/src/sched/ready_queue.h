// SPDX-License-Identifier: MIT
// Threads that could run on this CPU, except the one that does.
#pragma once

#include "obj/thread.h"

/// 256 lists and a bitmap: all operations take constant time. best_prio() is kept up to date
/// because the IPC path compares with it at every switch.
class Ready_queue {
public:
  /// Priority of the best ready thread; 0 if there is none (only the idle thread has priority 0).
  Prio best_prio() const { return _best; }

  void push_back(Thread &t) { t._ring.insert_before(&_lists[t._prio]), added(t._prio); }
  void push_front(Thread &t) { t._ring.insert_after(&_lists[t._prio]), added(t._prio); }

  void remove(Thread &t)
  {
    t._ring.unlink();
    if (_lists[t._prio].is_linked()) return;
    _bitmap[t._prio / 64] &= ~(Word{1} << t._prio % 64);
    if (t._prio == _best) find_best();
  }

  /// Take the first of the best; null if none is ready.
  Thread *pop()
  {
    if (!_best) return nullptr;
    Thread &t = of_link(*_lists[_best].next());
    remove(t);
    return &t;
  }

private:
  friend struct Inspect;
  static Thread &of_link(Link &link) { return static_cast<Thread &>(owner_of(link, &Sender::_ring)); }
  void added(Prio prio)
  {
    _bitmap[prio / 64] |= Word{1} << prio % 64;
    if (prio > _best) _best = prio;
  }
  /// The best has gone, and was the last of its priority.
  void find_best()
  {
    unsigned i = _best / 64;
    while (i && !_bitmap[i])
      --i;
    _best = _bitmap[i] ? Prio(i * 64 + 63 - __builtin_clzll(_bitmap[i])) : 0;
  }

  Prio _best = 0; ///< first: ipc/fast_path.cc reads it
  Word _bitmap[4] = {};
  Link _lists[256];
};

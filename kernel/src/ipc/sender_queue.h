// SPDX-License-Identifier: MIT
// Who waits to deliver something: a queue by descending priority, first come first served within
// one.
#pragma once

#include "types/list.h"
#include "types/spin_lock.h"
#include "types/types.h"

class Sender_queue;

/// Something that can wait in a Sender_queue: a thread (sending, waiting for a gate to be bound, or
/// for a semaphore) or an IRQ object with a message. In at most one queue at a time.
class Sender {
public:
  enum class Kind : u8 { Thread, Irq };

  Kind kind() const { return _kind; }
  /// Names this sender for all time: a closed wait compares ids, so that an object which later gets
  /// the memory of a dead partner is not mistaken for it.
  u64 id() const { return _id; }
  bool is_queued() const { return _queue != nullptr; }
  Sender_queue *queue() const { return _queue; }
  /// Label the receiver will see. Kept per sender, so that rebinding a gate does not change
  /// messages under way and modify_senders can rewrite them.
  Word label() const { return _label; }
  void set_label(Word label) { _label = label; }

private:
  u64 const _id; ///< first: every call reads it

protected:
  explicit Sender(Kind kind) : _id(__atomic_fetch_add(&_next_id, 1, __ATOMIC_RELAXED)), _kind(kind)
  {
  }

  /// In the ring of the senders with the same priority. Or, of a thread that can run, and so has nothing to wait
  /// for, in the ready queue.
  Link _ring;

private:
  friend class Sender_queue;
  // Of the first sender of its priority: the first ones of the next higher and the next lower priority.
  Sender *_above = nullptr, *_below;
  Sender_queue *_queue = nullptr;
  Word _label = 0;
  static inline u64 _next_id = 1;
  Kind _kind;
  Prio _queue_prio;
};

/// Every operation takes at most 255 short steps (one per distinct priority), whatever the number
/// of senders. Touched only by the CPU that owns the receiver.
class Sender_queue {
public:
  bool is_empty() const { return !_first; }
  /// For queues of objects, where threads of all CPUs wait. A thread's queue belongs to its home
  /// CPU.
  Spin_lock &lock() { return _lock; }

  Sender *first() const { return _first; }

  void enqueue(Sender &sender, Prio prio)
  {
    sender._queue = this;
    sender._queue_prio = prio;
    Sender *above = nullptr, *level = _first;
    for (; level && level->_queue_prio > prio; level = level->_below)
      above = level;
    if (level && level->_queue_prio == prio)
      sender._ring.insert_before(&level->_ring);
    else
      put(sender, above, level);
  }

  void dequeue(Sender &sender)
  {
    if (_walk == &sender) _walk = after(sender);
    if (is_first_of_level(sender)) {
      Sender *above = sender._above, *below = sender._below, *next = next_in_ring(sender);
      sender._above = nullptr;
      if (next != &sender)
        put(*next, above, below);
      else
        join(above, below);
    }
    sender._ring.unlink();
    sender._queue = nullptr;
  }

  /// The sender behind `sender` in queue order, or null. For walking the whole queue in steps.
  Sender *after(Sender const &sender) const
  {
    Sender *next = next_in_ring(sender);
    return is_first_of_level(*next) ? next->_below : next;
  }

  /// f(Sender &) takes the first sender out, a few times; true when none is left.
  template <class F> bool drain(F &&f)
  {
    for (unsigned n = 16; Sender *sender = first(); --n) {
      if (!n) return false;
      f(*sender);
    }
    return true;
  }

  /// One walk over all senders that survives changes of the queue: senders that leave are skipped,
  /// new ones may be missed.
  bool is_walked() const { return _walk; }
  void start_walk() { _walk = first(); }
  /// The next sender of the walk; null at its end.
  Sender *next_walked()
  {
    Sender *sender = _walk;
    if (sender) _walk = after(*sender);
    return sender;
  }

private:
  static Sender *next_in_ring(Sender const &sender)
  {
    return &owner_of(*sender._ring.next(), &Sender::_ring);
  }
  bool is_first_of_level(Sender const &sender) const { return sender._above || _first == &sender; }
  void join(Sender *above, Sender *below)
  {
    (above ? above->_below : _first) = below;
    if (below) below->_above = above;
  }
  /// As the first of its level between these two.
  void put(Sender &sender, Sender *above, Sender *below)
  {
    join(above, &sender);
    sender._below = below;
    if (below) below->_above = &sender;
  }

  Sender *_first = nullptr;
  Sender *_walk = nullptr;
  Spin_lock _lock;
};

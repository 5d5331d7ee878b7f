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

protected:
  explicit Sender(Kind kind) : _id(__atomic_fetch_add(&_next_id, 1, __ATOMIC_RELAXED)), _kind(kind)
  {
  }

private:
  friend class Sender_queue;
  u64 const _id; ///< first: every call reads it
  Link _level;   ///< in the list of levels; linked only for the first sender of its priority
  Link _peers;   ///< ring of the senders with the same priority
  Sender_queue *_queue = nullptr;
  Word _label = 0;
  static inline u64 _next_id = 1;
  Kind _kind;
  Prio _queue_prio = 0;
};

/// Every operation takes at most 255 short steps (one per distinct priority), whatever the number
/// of senders. Touched only by the CPU that owns the receiver.
class Sender_queue {
public:
  bool is_empty() const { return !_levels.is_linked(); }
  /// For queues of objects, where threads of all CPUs wait. A thread's queue belongs to its home
  /// CPU.
  Spin_lock &lock() { return _lock; }

  Sender *first() const { return is_empty() ? nullptr : of_level(_levels.next()); }

  void enqueue(Sender &sender, Prio prio)
  {
    sender._queue = this;
    sender._queue_prio = prio;
    Link *level = _levels.next();
    while (level != &_levels && of_level(level)->_queue_prio > prio)
      level = level->next();
    if (level != &_levels && of_level(level)->_queue_prio == prio)
      sender._peers.insert_before(&of_level(level)->_peers);
    else
      sender._level.insert_before(level);
  }

  void dequeue(Sender &sender)
  {
    if (_walk == &sender) _walk = after(sender);
    if (sender._level.is_linked()) {
      if (sender._peers.is_linked())
        of_peers(sender._peers.next())->_level.insert_before(&sender._level);
      sender._level.unlink();
    }
    sender._peers.unlink();
    sender._queue = nullptr;
  }

  /// The sender behind `sender` in queue order, or null. For walking the whole queue in steps.
  Sender *after(Sender &sender) const
  {
    Sender *peer = of_peers(sender._peers.next());
    if (!peer->_level.is_linked()) return peer;
    Link *level = peer->_level.next();
    return level == &_levels ? nullptr : of_level(level);
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
  static Sender *of_level(Link *link) { return &owner_of(*link, &Sender::_level); }
  static Sender *of_peers(Link *link) { return &owner_of(*link, &Sender::_peers); }

  Link _levels;
  Spin_lock _lock;
  Sender *_walk = nullptr;
};

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
  /// Of a thread: it is in the ready queue of its home. That and a queue of senders exclude each other.
  bool is_enqueued() const { return !_queue && _ring.is_linked(); }
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
  friend class Walked_sender_queue;
  friend class Ready_queue;
  u64 const _id; ///< first: every call reads it
  Link _level;   ///< ring of levels; only the first sender of its priority is in it
  Link _ring;    ///< of the senders with the same priority, or of the threads in a list of the ready queue
  Sender_queue *_queue = nullptr;
  Word _label = 0;
  static inline u64 _next_id = 1;
  Kind _kind;
  Prio _queue_prio = 0;
  bool _is_walked_to = false; ///< a Walked_sender_queue looks at it next
};

/// Every operation takes at most 255 short steps (one per distinct priority), whatever the number
/// of senders. A thread's queue is touched only by its home CPU. Threads of all CPUs wait in those of objects: these
/// have a lock, in the one word that a queue has.
class Sender_queue {
public:
  bool is_empty() const { return !first(); }
  Sender *first() const { return reinterpret_cast<Sender *>(_first & ~Locked); }

  void lock()
  {
    // acquire: what the previous holder wrote is visible after it
    while (__atomic_fetch_or(&_first, Locked, __ATOMIC_ACQUIRE) & Locked)
      __builtin_ia32_pause();
  }
  // release: all writes under the lock are visible to the next holder. Who waits for it changes nothing.
  void unlock() { __atomic_store_n(&_first, _first & ~Locked, __ATOMIC_RELEASE); }

  void enqueue(Sender &sender, Prio prio)
  {
    sender._queue = this;
    sender._queue_prio = prio;
    Sender *front = first(), *level = front;
    while (level && level->_queue_prio > prio)
      level = next_level(*level);
    if (level && level->_queue_prio == prio) return sender._ring.insert_before(&level->_ring);
    if (front) sender._level.insert_before(level ? &level->_level : &front->_level);
    if (level == front) set_first(&sender);
  }

  inline void dequeue(Sender &sender);

  /// The sender behind `sender` in queue order, or null. For walking the whole queue in steps.
  Sender *after(Sender &sender) const
  {
    Sender *peer = next_in_ring(sender);
    return is_level(*peer) ? next_level(*peer) : peer;
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

private:
  static constexpr Word Locked = 1; ///< bit of _first
  static Sender *of_level(Link *link) { return &owner_of(*link, &Sender::_level); }
  static Sender *next_in_ring(Sender const &s) { return &owner_of(*s._ring.next(), &Sender::_ring); }

  void set_first(Sender *sender) { _first = reinterpret_cast<Word>(sender) | (_first & Locked); }
  /// Whether it is the first of its priority. A level that is alone is not linked.
  bool is_level(Sender const &sender) const { return sender._level.is_linked() || &sender == first(); }
  /// The first sender of the next lower priority, or null.
  Sender *next_level(Sender &level) const
  {
    Sender *next = of_level(level._level.next());
    return next == first() ? nullptr : next;
  }

  Word _first = 0; ///< the sender in front, and the lock
};

/// A queue that can be walked in steps. One walk over all senders survives changes of the queue: senders that leave
/// are skipped, new ones may be missed.
class Walked_sender_queue : public Sender_queue {
public:
  /// Begin a walk; `ticket` names it. False: another one is under way. Who walks may have died: if the other one takes
  /// no step until somebody asks again, it counts as given up.
  bool start_walk(u16 &ticket)
  {
    bool refused = next() && !(_walk & Refused);
    _walk = refused ? _walk | Refused : (_walk & ~Tickets) | ((_walk + One_ticket) & Tickets);
    if (refused) return false;
    ticket = _walk & Tickets;
    walk_to(first());
    return true;
  }
  /// Whether the walk with this ticket is still the one under way, or was the last one.
  bool goes_on(u16 ticket) const { return (_walk & Tickets) == ticket; }
  /// The next sender of the walk; null at its end.
  Sender *next_walked() { return walk_to(next() ? after(*next()) : nullptr); }

private:
  static constexpr Word Refused = 1, One_ticket = 2, Tickets = 6; ///< bits of _walk

  Sender *next() const { return reinterpret_cast<Sender *>(_walk & ~(Refused | Tickets)); }
  /// Returns where it was.
  Sender *walk_to(Sender *sender)
  {
    Sender *before = next();
    if (before) before->_is_walked_to = false;
    if (sender) sender->_is_walked_to = true;
    _walk = reinterpret_cast<Word>(sender) | (_walk & Tickets);
    return before;
  }
  Word _walk = 0; ///< the next sender of the walk, its ticket, and whether another one was refused since its last step
};
static_assert(alignof(Sender) >= 8, "room for the bits of Walked_sender_queue::_walk");

inline void Sender_queue::dequeue(Sender &sender)
{
  if (sender._is_walked_to) static_cast<Walked_sender_queue *>(this)->next_walked();
  if (is_level(sender)) {
    Sender *heir = next_level(sender);
    if (sender._ring.is_linked()) {
      heir = next_in_ring(sender);
      heir->_level.insert_before(&sender._level);
    }
    if (&sender == first()) set_first(heir);
    sender._level.unlink();
  }
  sender._ring.unlink();
  sender._queue = nullptr;
}

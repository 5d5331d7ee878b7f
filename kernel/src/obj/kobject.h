// SPDX-License-Identifier: MIT
// Base of everything a capability can name, and the life of such objects (docs/architecture.md).
#pragma once

#include "jdb/hooks.h"
#include "mem/quota.h"
#include "types/spin_lock.h"
#include "types/types.h"

class Cap_slot;
class Outcome;
struct Invocation;

/// A kernel object. Created by a factory, named by capability slots, dies when the last counted
/// slot lets go of it or when it is deleted through a slot with the D right.
///
/// Death has two steps. die() makes the object unreachable at once: its type becomes Dead, and
/// every look-up treats a slot of a dead object as empty. The Reclaimer then clears its slots and
/// calls dismantle() in bounded steps (wakes waiters ...). After a moment at which every CPU was
/// outside of the kernel, free() gives the memory back. So a pointer got from a look-up stays
/// usable until the kernel is left, without a reference count.
class alignas(64) Kobject {
public:
  enum class Type : u8 {
    Dead, Thread, Ipc_gate, Task, Vm, Irq, Semaphore, Factory, Icu, Scheduler, Log, Debugger, Iommu
  };

  Kobject(Kobject const &) = delete;
  Kobject &operator=(Kobject const &) = delete;

  /// Class constants of this name: the types of its objects, bit n for type n.
  static constexpr unsigned Types = ~0u;
  static constexpr unsigned bit(Type type) { return 1u << unsigned(type); }

  Type type() const { return Type(__atomic_load_n(&_type, __ATOMIC_ACQUIRE)); }
  bool is_dead() const { return type() == Type::Dead; }
  Quota &quota() const { return *_quota; }

  /// Serve an invocation that is not plain IPC (ipc/invocation.h).
  virtual Outcome invoke(Invocation &) = 0;

  /// First step of death, any CPU, at most once effective. See the class comment. Immortal objects
  /// (the first tasks, the kernel's own) are not touched.
  void die();
  /// Its first half, if another one follows that needs no look-up any more: true if it was alive.
  bool kill();
  void make_immortal() { mark(Immortal); }
  /// Object_names has a name for it.
  void mark_named() { mark(Named); }
  bool is_named() const { return marks() & Named; }

  /// Number of counted slots (abi/kernel-objects.md section 4, dec_refcnt). May be taken to zero
  /// and below without effect until the next counted slot goes.
  i32 cap_refs() const { return __atomic_load_n(&_cap_refs, __ATOMIC_RELAXED); }
  /// The number never rises by this, however large `n`: an object that nobody names any more would stay.
  void drop_cap_refs(Word n)
  {
    Lock_guard guard(_slots_lock);
    _cap_refs = n < Word(i64(_cap_refs) - Lowest_refs) ? _cap_refs - i32(n) : Lowest_refs;
  }

protected:
  Kobject(Type type, Quota &quota) : _type(u8(type)), _marks(type == Type::Task ? Has_contents : 0), _quota(&quota)
  {
    if constexpr (Debug_kernel) jdb::object_made(*this);
  }
  ~Kobject()
  {
    if constexpr (Debug_kernel) jdb::object_gone(*this);
  }

private:
  enum Mark : u8 { Immortal = 1, Named = 2, Has_contents = 4 };
  /// What was done of a dead object's end: stop(), all of dismantle().
  enum class End : u8 { None, Stopped, Dismantled };
  u8 marks() const { return __atomic_load_n(&_marks, __ATOMIC_RELAXED); }
  void mark(Mark bit) { __atomic_fetch_or(&_marks, bit, __ATOMIC_RELAXED); }

  static constexpr i32 Lowest_refs = -0x40000000; ///< far from the limits of the type

  friend struct Layout_check; // arch/amd64/layout_check.cc
  friend class Cap_slot;
  friend class Obj_space;
  friend class Reclaimer;

  /// Called by die(), constant time: whatever must not happen any more from this moment on
  /// (a thread stops running). False: nothing was done, it needs a Hold; the Reclaimer calls it
  /// again.
  virtual bool stop() { return true; }
  /// One bounded step of cutting the dead object out of the machine (waiters are woken, queues
  /// left, spaces emptied). True when nothing is left to do.
  virtual bool dismantle() { return true; }
  /// Whether the next step of dismantle() touches other CPUs' threads, or what they read without a
  /// lock.
  virtual bool dismantles_shared() const { return true; }
  /// After the grace period: run the destructor, return memory and quota. Constant time. Not called for the kernel's
  /// own objects.
  virtual void free() {}

  Kobject *_next_dead = nullptr; ///< link in the Reclaimer's lists

  u8 _type;
  u8 _marks;             ///< Mark bits
  End _end = End::None;
  Spin_lock _slots_lock; ///< protects _slots, _cap_refs, and the entry word of every slot naming this object
  i32 _cap_refs = 0;
  Cap_slot *_slots = nullptr; ///< all slots that name this object
  Quota *_quota;              ///< where the memory of this object is accounted
};

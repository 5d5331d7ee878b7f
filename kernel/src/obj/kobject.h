// SPDX-License-Identifier: MIT
// Base of everything a capability can name, and the life of such objects (docs/architecture.md).
#pragma once

#include "mem/quota.h"
#include "types/spin_lock.h"
#include "types/types.h"

class Cap_slot;
class Thread;
struct Invocation;

/// A kernel object. Created by a factory, named by capability slots, dies when the last counted
/// slot lets go of it or when it is deleted through a slot with the D right.
///
/// Death has two steps. die() makes the object unreachable at once: its type becomes Dead, and every
/// look-up treats a slot of a dead object as empty. Its slots are cleared in bounded steps and
/// unreachable() cuts it out of the machine (wakes waiters ...). After a grace period in which every CPU
/// has left the kernel once, free() gives the memory back. So a pointer got from a look-up stays usable until
/// the kernel is left, without a reference count.
class alignas(64) Kobject {
public:
  enum class Type : u8 {
    Dead,
    Thread,
    Ipc_gate,
    Task,
    Vm,
    Irq,
    Semaphore,
    Factory,
    Icu,
    Scheduler,
    Log,
    Debugger,
    Iommu,
  };

  Kobject(Kobject const &) = delete;
  Kobject &operator=(Kobject const &) = delete;

  Type type() const { return Type(__atomic_load_n(&_type, __ATOMIC_ACQUIRE)); }
  bool is_dead() const { return type() == Type::Dead; }
  Quota &quota() const { return *_quota; }

  /// Serve an invocation that is not plain IPC; returns the thread to run next (ipc/invoke.h).
  virtual Thread *invoke(Invocation &) = 0;

  /// First step of death, any CPU, at most once effective. See the class comment.
  void die();

  /// Number of counted slots (abi/kernel-objects.md section 4, dec_refcnt). May be taken to zero and
  /// below without effect until the next counted slot goes.
  i32 cap_refs() const { return __atomic_load_n(&_cap_refs, __ATOMIC_RELAXED); }
  void drop_cap_refs(i32 n) { __atomic_fetch_sub(&_cap_refs, n, __ATOMIC_RELAXED); }

protected:
  Kobject(Type type, Quota &quota) : _type(u8(type)), _quota(&quota) {}
  ~Kobject() = default;

private:
  friend class Cap_slot;
  friend class Obj_space;
  friend class Reclaimer;

  /// Second half of dying: nothing can find the object any more. Any CPU; bounded.
  virtual void unreachable() {}
  /// After the grace period: run the destructor, return memory and quota.
  /// Returns false if more bounded steps are needed (called again).
  virtual bool free() = 0;

  u8 _type;
  Spin_lock _slots_lock; ///< protects _slots and the entry word of every slot naming this object
  i32 _cap_refs = 0;
  Cap_slot *_slots = nullptr; ///< all slots that name this object
  union {
    Quota *_quota;
  };
};

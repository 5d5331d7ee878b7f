// SPDX-License-Identifier: MIT
// Tasks: protection domains made of a memory, an I/O-port and an object space.
#pragma once

#include "ipc/invocation.h"
#include "mem/slab.h"
#include "obj/kobject.h"
#include "space/io_space.h"
#include "space/mem_space.h"
#include "space/obj_space.h"
#include "types/list.h"
#include "types/spin_lock.h"

class Reply_table;

/// A task (abi/kernel-objects.md section 2). All memory it needs for tables and nodes is charged to
/// the quota of the factory that created it. Bound threads hold a reference: the Task object itself
/// is freed after the last of them, its contents go when the task dies.
class Task final : public Kobject {
public:
  static constexpr unsigned Types = bit(Type::Task);
  enum Op : u16 { Op_map = 0, Op_unmap = 1, Op_cap_info = 2, Op_add_ku_mem = 3 };

  /// Null: quota or memory exhausted.
  /// `Identity::Yes` is sigma0: it owns all memory and ports by asking for them.
  static Task *create(Quota &quota, Map_space::Identity identity = Map_space::Identity::No);

  Mem_space &mem() { return _mem; }
  Io_space &io() { return _io; }
  Obj_space &obj() { return _obj; }
  Obj_space const &obj() const { return _obj; }

  void thread_bound() { __atomic_fetch_add(&_users, 1, __ATOMIC_RELAXED); }
  /// A bound thread is gone for good.
  void thread_gone();
  /// The bound threads that were not freed yet, as a list of Thread::of_task_link().
  void enlist(Link &thread)
  {
    Lock_guard guard(_threads_lock);
    thread.insert_before(&_threads);
  }
  void delist(Link &thread)
  {
    Lock_guard guard(_threads_lock);
    thread.unlink();
  }
  /// Call f(Link &) for the bound threads, the oldest first, until it returns false; with a lock
  /// taken: `f` looks at few and only reads.
  template <class F> void for_each_thread(F &&f)
  {
    Lock_guard guard(_threads_lock);
    for (Link *link = _threads.next(); link != &_threads && f(*link); link = link->next()) {
    }
  }

  /// Whether the selector names an object (abi/kernel-objects.md section 2, cap_info).
  bool cap_valid(Word selector) const
  {
    constexpr Word Special_bits = 0xc00;
    Cap cap = Cap_slot::decode(selector & Special_bits ? 0 : _obj.entry_of(selector));
    return cap && !cap.object->is_dead();
  }

  /// Slot of the explicit reply space, made present if `create`; null if out of range or out of
  /// memory.
  class Reply_slot *reply_slot(Word index, bool create);


  Outcome invoke(Invocation &) override;

private:
  friend struct Layout_check; // arch/amd64/layout_check.cc
  friend class Slab_of<Task>;
  /// How far a dead task has been given back. Up to Bound: what it holds; then it waits for its
  /// threads; behind that: what they could still use.
  enum class Stage : u8 { Whole, Contents, Bound, Capabilities, Tables, Io_ports, Replies, Gone };

  explicit Task(Quota &quota) : Kobject(Type::Task, quota) {}
  Outcome op_map(Invocation &);
  Outcome op_unmap(Invocation &);
  Outcome op_cap_info(Invocation &);
  Outcome op_add_ku_mem(Invocation &);
  bool dismantle() override;
  bool dismantles_shared() const override { return _stage == Stage::Replies; }
  bool dismantle_step(Budget &budget, Tlb_batch &tlb);
  void free() override;

  Mem_space _mem;
  Io_space _io;
  Obj_space _obj;
  Reply_table *_replies = nullptr;
  unsigned _replies_cleared = 0; ///< pages of it, after death
  i32 _users = 1; ///< the object itself and its bound threads
  Spin_lock _threads_lock;
  Link _threads; ///< those bound
  Stage _stage = Stage::Whole;
  Fpage::Type _space = Fpage::Type::Memory; ///< where Contents is
  Unmap_item _everything{.pages = Fpage(Fpage::All_spaces | Fpage::All), .own = true};
};

/// One bounded step of a map between two tasks, whatever the kind of flexpage. TLBs are flushed as
/// needed before it returns.
Step map_step(Task &from, Task &to, Map_item &item);
/// One bounded step of an unmap in a task; an all-spaces flexpage takes all three spaces in turn;
/// `space` says which (start with Memory).
Step unmap_step(Task &task, Unmap_item &item, Fpage::Type &space);

// SPDX-License-Identifier: MIT
// All that belongs to one CPU.
#pragma once

#include "arch/arch.h"
#include "jdb/trace.h"
#include "obj/thread.h"
#include "obj/reclaimer.h"
#include "sched/hold.h"
#include "sched/ready_queue.h"
#include "sched/timeout_queue.h"
#include "types/types.h"

/// The words the entry code reaches through GS, first in Cpu at fixed offsets
/// (arch/amd64/offsets.h).
struct Cpu_entry_state {
  Cpu *self_pointer = nullptr;       // 0x00
  Thread *current = nullptr;         // 0x08 the thread whose user state is or was last loaded
  void *kernel_stack = nullptr;      // 0x10 top of this CPU's only kernel stack
  Word *tss_rsp0 = nullptr;          // 0x18 where to put the top of current's frame
  Mem_space *loaded_space = nullptr; // 0x20 owner of the root table in CR3; null: kernel's own
  u64 open_receiver = 0;             // 0x28 Thread::receive_status() of a thread that waits here,
  u64 closed_receiver = 0;           // 0x30 for ever, for anyone or for somebody
  Word user_rsp = 0;                 // 0x38 for the entry code, valid for a few instructions
};

/// One CPU: the thread it runs, those it could run, its deadlines and the objects it buries.
///
/// Invariant: a Ready thread with a CPU is either `current` or in `ready`, never both.
class Cpu : public Cpu_entry_state, public Cpu_hold_state {
public:
  static constexpr unsigned Max_cpus = 64;

  static Cpu &self() { return arch::this_cpu(); }
  static Cpu &of(Cpu_id id) { return *_cpus[id]; }
  /// The CPU that `t` belongs to, which this transaction must reach (Hold::reaches()).
  static Cpu &home_of(Thread const &t) { return t.cpu() == self()._id ? self() : home_elsewhere(t); }
  /// CPUs that run: bit n is CPU n. Grows only.
  static Word online() { return __atomic_load_n(&_online, __ATOMIC_ACQUIRE); }
  static bool is_online(Cpu_id id) { return id < Max_cpus && (online() >> id & 1); }

  explicit Cpu(Cpu_id id) : _id(id) {}
  /// Called once per CPU at its start, with its idle thread. From now on others may see it.
  void start(Thread &idle);
  Cpu_id id() const { return _id; }

  /// `t` has become runnable.
  void make_ready(Thread &t);
  /// The thread to run now; the one that gives way is put where it belongs.
  Thread *schedule();
  /// Current offers the rest of its quantum to its peers.
  void yield() { _slice_end = Microseconds(0); }
  /// `t` gives the CPU away for good or changes its parameters: take it out of the ready queue.
  void make_unready(Thread &t);
  /// Scheduling parameters (run_thread): `t` moves here from wherever it was; a parked thread does
  /// not run. If it comes from another CPU, Hold::reaches_all() holds.
  void set_parameters(Thread &t, bool parked, Prio prio, u32 quantum_us);
  /// Store all that is live of current, which waits in the ready queue if it can run; idle is
  /// current.
  void go_idle();
  /// Run `t` next on the rest of current's quantum, whatever its priority.
  Thread *switch_to(Thread &t);

  /// `next`, better than all that are ready, runs in place of `self`, which is current and stays runnable.
  /// The timer may be armed for the end of self's quantum: then it comes for nothing.
  void preempt(Thread &self, Thread &next)
  {
    u64 ticks = arch::ticks();
    Microseconds now = arch::ticks_to_us(ticks);
    put_back(self, now);
    start_slice(next, now);
    account(self, next, ticks);
  }

  void arm_timeout(Timeout_node &node, Microseconds deadline);
  void timer_fired();
  u64 idle_ticks() const { return _idle->cpu_ticks(); }

  Ready_queue ready;
  Timeout_queue timeouts;
  Reclaimer reclaimer;

  /// The CPU's time is `to`'s from now on, no longer `from`'s.
  void account(Thread &from, Thread &to) { account(from, to, arch::ticks()); }

private:
  friend struct Inspect; // jdb/inspect.h
  static Cpu &home_elsewhere(Thread const &t);
  /// Each running thread's sum lacks the time of its start: negative, as no thread has used more than that.
  void account(Thread &from, Thread &to, u64 now)
  {
    jdb::trace(jdb::Trace::Schedule, &from, &to);
    from._cpu_ticks += i64(now);
    to._cpu_ticks -= i64(now);
  }
  /// Current stays runnable but gives way: to the front of its level while it has quantum left, or
  /// has to become the holder. It gets the moment for that, or waiting might use up each quantum.
  void put_back(Thread &t, Microseconds now)
  {
    bool left = now < _slice_end;
    t._slice_left_us = left ? u32(_slice_end - now) : t.needs_hold();
    t._slice_left_us ? ready.push_front(t) : ready.push_back(t);
  }
  void start_slice(Thread &t, Microseconds now)
  {
    _slice_end = now + (t._slice_left_us ? t._slice_left_us : t._quantum_us);
    t._slice_left_us = 0;
  }
  void update_timer(Thread const &running);
  void move_here(Thread &t);

  static inline Cpu *_cpus[Max_cpus] = {};
  static inline Word _online = 0;

  Cpu_id const _id;
  Thread *_idle = nullptr;
  Microseconds _slice_end; ///< when current has used up its quantum
};

inline bool Hold::has(Thread const &t)
{
  Cpu &cpu = Cpu::self();
  return t.cpu() == cpu.id() || (cpu.held >> t.cpu() & 1);
}

inline Word Hold::others()
{
  return Cpu::online() & ~(Word{1} << Cpu::self().id());
}

inline bool Hold::reaches(Thread const &t)
{
  return t.cpu() == Cpu::self().id() || reaches_remote(t.cpu());
}

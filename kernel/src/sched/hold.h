// SPDX-License-Identifier: MIT
// Touching what belongs to another CPU (docs/smp.md).
#pragma once

#include "types/types.h"

class Thread;

/// What other CPUs see of a CPU, and ask of it. Its threads, queues and deadlines belong to the CPU
/// itself while it is Running, to nobody while it is Idle, and to the holder while it is Held or
/// Captured.
struct alignas(64) Cpu_hold_state {
  enum class Phase : u8 {
    Running,  ///< in user mode or in a transaction
    Idle,     ///< asleep; whoever changes this word first, waker or holder, has the CPU
    Captured, ///< was Idle, belongs to the holder
    Held,     ///< stopped outside of all transactions, belongs to the holder
  };

  u8 phase = u8(Phase::Running);
  bool stop_wanted = false;  ///< written by the holder only
  bool holding = false;      ///< this CPU is the holder; private to it
  bool changed = false;      ///< the holder left something to do: wake it up afterwards
  Word held = 0;             ///< private to the holder: CPUs that it has stopped
  u32 flushes_requested = 0; ///< tickets for remote TLB flushes given out ...
  u32 flushes_served = 0;    ///< ... and served
};

/// While it lives, the transaction may reach threads of every CPU. One CPU at a time is the holder.
/// It stops just those CPUs whose state it reaches, at the moment when it does: each comes to a
/// halt outside of transactions, so nothing is ever seen half done. A CPU that waits to become
/// holder is outside of transactions itself, hence can be stopped: there is no deadlock.
///
/// Only at the start of a transaction, in an interrupt handler or in idle; the current thread may
/// have been put back into the ready queue when the constructor returns.
class Hold {
public:
  explicit Hold(bool wanted = true) : _active(wanted)
  {
    if (_active) [[unlikely]]
      begin();
  }
  ~Hold()
  {
    if (_active) [[unlikely]]
      end();
  }
  Hold(Hold const &) = delete;
  Hold &operator=(Hold const &) = delete;

  /// Whether this transaction may touch the state of `t`: its home is this CPU, or can be and is
  /// stopped.
  /// No lock may be held.
  static inline bool reaches(Thread const &t);
  /// The same without stopping anybody.
  static inline bool has(Thread const &t);
  /// The same for what transactions of every CPU read without a lock: all others are stopped.
  static bool reaches_all();
  /// Whether this CPU is the holder, or the only one.
  static bool is_exclusive();

  /// Ask other CPUs (bit n is CPU n) to drop their user translations and I/O permissions; those
  /// that run no user thread let go of the address space they have loaded. Returns when all have.
  /// Any time, with no lock held.
  static void flush(Word cpus);

  /// This CPU is outside of transactions: do what others wait for.
  static void serve();
  /// Around sleeping in idle.
  static void fall_asleep();
  static void wake_up();

private:
  static bool reaches_remote(Cpu_id home);
  static void stop(Cpu_id id);
  static void serve_flush();
  static void park();
  void begin();
  static void end();

  bool _active;
};

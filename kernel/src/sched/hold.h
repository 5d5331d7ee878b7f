// SPDX-License-Identifier: MIT
// Touching what belongs to another CPU (docs/smp.md).
#pragma once

#include "types/types.h"

class Cpu;
class Thread;

/// What other CPUs see of a CPU, and ask of it. Its threads, queues and deadlines belong to the CPU
/// itself while it is Running, to nobody while it is Idle, and to the holder while it is Held or
/// Captured.
struct alignas(64) Cpu_hold_state {
  enum class Phase : u8 {
    Running,  ///< in user mode or in a transaction
    Idle,     ///< asleep; whoever changes this word first, waker or holder, has the CPU
    Captured, ///< was Idle, belongs to the holder
    Held,     ///< stopped outside of all transactions or woken up when Captured, the holder's too
  };

  u8 phase = u8(Phase::Running);
  bool stop_wanted = false;  ///< written by the holder only
  bool holding = false;      ///< this CPU is the holder; private to it
  bool queued = false;       ///< this CPU waits for its turn to be it; private to it
  bool changed = false;      ///< the holder left something to do: wake it up afterwards
  u32 ticket = 0;            ///< the turn it waits for
  Microseconds rest_end;     ///< until then user code goes on although another CPU wants to hold it
  Word held = 0;             ///< private to the holder: CPUs that it has stopped
  u32 flushes_requested = 0; ///< tickets for remote TLB flushes given out ...
  u32 flushes_served = 0;    ///< ... and served
};

/// While it lives, the transaction may reach threads of every CPU. One CPU at a time is the holder,
/// first come first served. It stops just those CPUs whose state it reaches, at the moment when it
/// does: each comes to a halt outside of transactions, so nothing is ever seen half done. A CPU that
/// waits for its turn has nothing of its own to lose either: it counts as idle, and the holder takes
/// its state without asking. There is no deadlock, and nobody waits for more than one turn of each
/// other CPU.
///
/// Only at the start of a transaction, in an interrupt handler or in idle; if this CPU had to wait,
/// the current thread is back in the ready queue and idle is current when the constructor returns.
class Hold {
public:
  enum Context : bool {
    Transaction, ///< while it waits, this CPU may sleep and serve interrupts
    Interrupt,   ///< a handler: interrupts stay off
  };

  enum Wish { If_free };

  /// Without waiting, so at the end of a transaction too: nothing happens if another CPU is the holder, or `others`
  /// says that there is none.
  Hold(Wish, Word others) : _active(others && begin_if_free()) {}
  explicit Hold(bool wanted = true, Context context = Transaction) : _active(wanted)
  {
    if (_active) [[unlikely]]
      begin(context);
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
  static inline bool reaches_all() { return reaches_all(others()); }
  /// The same with what others() said.
  static bool reaches_all(Word others) { return !others || stop_all(others); }
  /// CPUs that run, beside this one.
  static inline Word others();
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
  static bool stop_all(Word others);
  static bool begin_if_free();
  void begin(Context context);
  void end();

  bool _active;
  bool _borrowed = false; ///< in an interrupt: the turn of what was interrupted
};

// SPDX-License-Identifier: MIT
// Principle: cross-CPU work is rare next to local work, so it pays for everything. The owner of a
// CPU's state takes no lock and no locked instruction; whoever wants in stops the owner by an
// interrupt, which is served only outside of transactions. tests/proof/hold.pml is the model of
// this file.
#include "sched/hold.h"

#include "arch/arch.h"
#include "diag/print.h"
#include "sched/cpu.h"

using Phase = Cpu_hold_state::Phase;

namespace {

/// Turns to be the holder are numbered. Each CPU waits for one at most, so that the numbers of those
/// who wait differ modulo Max_cpus.
u32 next_turn, present_turn;
/// Who sleeps until its turn: CPU number + 1, by the turn's number.
u8 sleepers[Cpu::Max_cpus];

/// A turn takes a few microseconds: who waits stays awake for some of that.
constexpr unsigned Patience = 200;
constexpr u64 Longest_rest = 20; // microseconds

bool is_turn_of(Cpu const &cpu)
{
  // acquire: the holder before has written all it wanted; in one order with `sleepers`
  return __atomic_load_n(&present_turn, __ATOMIC_SEQ_CST) == cpu.ticket;
}

u8 load_phase(Cpu const &cpu)
{
  // acquire: the owner before this one has written all it wanted
  return __atomic_load_n(&cpu.phase, __ATOMIC_ACQUIRE);
}

void store_phase(Cpu &cpu, Phase phase)
{
  // release: hand over all that was written
  __atomic_store_n(&cpu.phase, u8(phase), __ATOMIC_RELEASE);
}

bool change_phase(Cpu &cpu, Phase from, Phase to)
{
  u8 expected = u8(from);
  return __atomic_compare_exchange_n(&cpu.phase, &expected, u8(to), false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED);
}

template <class F> void for_each_cpu(Word cpus, F &&f)
{
  for (; cpus; cpus &= cpus - 1)
    f(Cpu_id(__builtin_ctzll(cpus)));
}

void serve_flush()
{
  Cpu &self = Cpu::self();
  // acquire: page-table changes made before the request are seen by the page walks that follow
  u32 requested = __atomic_load_n(&self.flushes_requested, __ATOMIC_ACQUIRE);
  if (requested == self.flushes_served) return;
  if (self.current->space()) {
    arch::flush_user_pages();
    arch::drop_io_ports();
  } else {
    arch::load_space(nullptr);
  }
  __atomic_store_n(&self.flushes_served, requested, __ATOMIC_RELEASE);
}

/// Wait until `id` is stopped. It may itself wait for this CPU to flush. Again and again the
/// interrupt: a CPU that was held just now may go on for a moment first (serve()).
void stop(Cpu_id id)
{
  Cpu &self = Cpu::self(), &target = Cpu::of(id);
  if (self.held >> id & 1) return;
  self.held |= Word{1} << id;
  target.changed = false;
  __atomic_store_n(&target.stop_wanted, true, __ATOMIC_RELEASE);
  for (unsigned n = 0; load_phase(target) != u8(Phase::Held); ++n) {
    if (change_phase(target, Phase::Idle, Phase::Captured)) return;
    if (n % Patience == 0) arch::send_ipi(id);
    serve_flush();
    __builtin_ia32_pause();
  }
}

/// Let `target` go on; it is woken up if it sleeps and has got something to do.
void release(Cpu &target)
{
  bool changed = target.changed;
  __atomic_store_n(&target.stop_wanted, false, __ATOMIC_RELAXED);
  if (!change_phase(target, Phase::Captured, Phase::Idle))
    store_phase(target, Phase::Running);
  else if (changed)
    arch::send_ipi(target.id());
}

void wait_for_release()
{
  Cpu &self = Cpu::self();
  Microseconds start = arch::now();
  while (load_phase(self) == u8(Phase::Held)) {
    serve_flush();
    __builtin_ia32_pause();
  }
  Microseconds end = arch::now();
  u64 held = end - start;
  self.rest_end = end + (held < Longest_rest ? held : Longest_rest);
}

/// All threads of this CPU are only data meanwhile, as if it was asleep. It really sleeps after a
/// while: who has the present turn may need what this CPU uses up, if they are threads of a virtual
/// machine or of one core.
void wait_for_turn(Hold::Context context)
{
  Cpu &self = Cpu::self();
  self.go_idle();
  do {
    Hold::fall_asleep();
    for (unsigned n = Patience; n && !is_turn_of(self); --n) {
      serve_flush();
      __builtin_ia32_pause();
    }
    u8 &bed = sleepers[self.ticket % Cpu::Max_cpus];
    if (context == Hold::Transaction) {
      // either the holder sees who is to be woken up, or this CPU sees that it is its turn
      __atomic_store_n(&bed, u8(self.id() + 1), __ATOMIC_SEQ_CST);
      if (!is_turn_of(self)) arch::wait_for_interrupt();
      __atomic_store_n(&bed, 0, __ATOMIC_RELAXED);
    }
    Hold::wake_up();
  } while (!is_turn_of(self));
}

} // namespace

// ---- the holder -------------------------------------------------------------------------------

void Hold::begin(Context context)
{
  Cpu &self = Cpu::self();
  check(!self.holding);
  _borrowed = self.queued;
  if (!_borrowed) self.ticket = __atomic_fetch_add(&next_turn, 1, __ATOMIC_RELAXED);
  self.queued = true;
  if (!is_turn_of(self)) wait_for_turn(context);
  self.queued = _borrowed;
  self.holding = true;
}

bool Hold::begin_if_free()
{
  Cpu &self = Cpu::self();
  if (self.holding) return false;
  // acquire: the holder before has written all it wanted. Who draws this number is the holder.
  u32 turn = __atomic_load_n(&present_turn, __ATOMIC_ACQUIRE);
  if (!__atomic_compare_exchange_n(&next_turn, &turn, turn + 1, false, __ATOMIC_ACQUIRE,
                                   __ATOMIC_RELAXED))
    return false;
  self.ticket = turn;
  return self.holding = true;
}

void Hold::end()
{
  Cpu &self = Cpu::self();
  for_each_cpu(self.held, [](Cpu_id id) { release(Cpu::of(id)); });
  self.held = 0;
  self.holding = false;
  if (_borrowed) return;
  u32 turn = present_turn + 1;
  __atomic_store_n(&present_turn, turn, __ATOMIC_SEQ_CST);
  u8 sleeper = __atomic_load_n(&sleepers[turn % Cpu::Max_cpus], __ATOMIC_SEQ_CST);
  if (sleeper) arch::send_ipi(Cpu_id(sleeper - 1));
}

bool Hold::reaches_remote(Cpu_id home)
{
  if (!Cpu::self().holding) return false;
  stop(home);
  return true;
}

bool Hold::is_exclusive()
{
  Cpu &self = Cpu::self();
  return self.holding || Cpu::online() == Word{1} << self.id();
}

bool Hold::stop_all(Word others)
{
  if (!Cpu::self().holding) return false;
  for_each_cpu(others, stop);
  return true;
}

// ---- the held ---------------------------------------------------------------------------------

/// Stops once, even if the next holder wants this CPU too: it sends another interrupt, and those of
/// devices and timer, which come first, are served in between. For user code the same moment is left
/// to it that it was held before: holders that follow each other do not bring it to a standstill.
void Hold::serve()
{
  serve_flush();
  Cpu &self = Cpu::self();
  if (!__atomic_load_n(&self.stop_wanted, __ATOMIC_ACQUIRE)) return;
  if (self.current->space() && arch::now() < self.rest_end) return;
  // Everything that is live is stored first: the holder may change, move or kill any thread of
  // this CPU.
  self.go_idle();
  store_phase(self, Phase::Held);
  wait_for_release();
}

void Hold::fall_asleep()
{
  store_phase(Cpu::self(), Phase::Idle);
}

/// If the holder has this CPU at the moment, it is as one that was stopped: the next holder does not
/// get it before it has woken up.
void Hold::wake_up()
{
  Cpu &self = Cpu::self();
  if (__atomic_load_n(&self.phase, __ATOMIC_RELAXED) == u8(Phase::Running)) return;
  while (!change_phase(self, Phase::Idle, Phase::Running))
    if (change_phase(self, Phase::Captured, Phase::Held)) return wait_for_release();
}

// ---- translations -----------------------------------------------------------------------------

void Hold::flush(Word cpus)
{
  cpus &= Cpu::online() & ~(Word{1} << Cpu::self().id());
  if (!cpus) [[likely]]
    return;
  u32 ticket[Cpu::Max_cpus];
  for_each_cpu(cpus, [&](Cpu_id id) {
    ticket[id] = __atomic_add_fetch(&Cpu::of(id).flushes_requested, 1, __ATOMIC_ACQ_REL);
    arch::send_ipi(id);
  });
  for_each_cpu(cpus, [&](Cpu_id id) {
    // acquire: the other CPU's last use of the translations is over
    while (i32(__atomic_load_n(&Cpu::of(id).flushes_served, __ATOMIC_ACQUIRE) - ticket[id]) < 0) {
      serve_flush(); // the other may wait for this CPU just now
      __builtin_ia32_pause();
    }
  });
}

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

/// The holder's lock. Not a Spin_lock: who waits for it must serve the present holder.
u8 taken;

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

} // namespace

// ---- the holder -------------------------------------------------------------------------------

void Hold::begin()
{
  Cpu &self = Cpu::self();
  check(!self.holding);
  while (__atomic_exchange_n(&taken, 1, __ATOMIC_ACQUIRE)) {
    serve();
    __builtin_ia32_pause();
  }
  self.holding = true;
}

/// Wait until `id` is stopped. It may itself wait for this CPU to flush.
void Hold::stop(Cpu_id id)
{
  Cpu &self = Cpu::self(), &target = Cpu::of(id);
  if (self.held >> id & 1) return;
  self.held |= Word{1} << id;
  target.changed = false;
  __atomic_store_n(&target.stop_wanted, true, __ATOMIC_RELEASE);
  if (change_phase(target, Phase::Idle, Phase::Captured)) return;
  arch::send_ipi(id);
  while (load_phase(target) != u8(Phase::Held)) {
    if (change_phase(target, Phase::Idle, Phase::Captured)) return;
    serve_flush();
    __builtin_ia32_pause();
  }
}

void Hold::end()
{
  Cpu &self = Cpu::self();
  for_each_cpu(self.held, [](Cpu_id id) {
    Cpu &target = Cpu::of(id);
    bool changed = target.changed;
    __atomic_store_n(&target.stop_wanted, false, __ATOMIC_RELAXED);
    bool was_asleep = load_phase(target) == u8(Phase::Captured);
    store_phase(target, was_asleep ? Phase::Idle : Phase::Running);
    if (was_asleep && changed) arch::send_ipi(id);
  });
  self.held = 0;
  self.holding = false;
  __atomic_store_n(&taken, 0, __ATOMIC_RELEASE);
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

bool Hold::reaches_all()
{
  Cpu &self = Cpu::self();
  Word others = Cpu::online() & ~(Word{1} << self.id());
  if (others && !self.holding) return false;
  for_each_cpu(others, stop);
  return true;
}

// ---- the held ---------------------------------------------------------------------------------

void Hold::serve()
{
  serve_flush();
  while (__atomic_load_n(&Cpu::self().stop_wanted, __ATOMIC_ACQUIRE))
    park();
}

/// Everything that is live is stored first: the holder may change, move or kill any thread of this
/// CPU.
void Hold::park()
{
  Cpu &self = Cpu::self();
  self.go_idle();
  store_phase(self, Phase::Held);
  while (load_phase(self) == u8(Phase::Held)) {
    serve_flush();
    __builtin_ia32_pause();
  }
}

void Hold::fall_asleep()
{
  store_phase(Cpu::self(), Phase::Idle);
}

void Hold::wake_up()
{
  Cpu &self = Cpu::self();
  if (__atomic_load_n(&self.phase, __ATOMIC_RELAXED) == u8(Phase::Running)) return;
  while (!change_phase(self, Phase::Idle, Phase::Running)) {
    serve_flush();
    __builtin_ia32_pause();
  }
}

// ---- translations -----------------------------------------------------------------------------

void Hold::serve_flush()
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

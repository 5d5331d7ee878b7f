// SPDX-License-Identifier: MIT
#include "sched/cpu.h"

#include "ipc/entry.h"
#include "ipc/ipc.h"
#include "obj/thread.h"
#include "sched/cpu_set.h"

namespace {

/// Timeouts served by one timer interrupt; more come with the next, which follows at once.
constexpr unsigned Timeouts_per_interrupt = 16;

/// What the idle thread does: bury what nobody else buried, then sleep.
Thread *idle_step(Thread &idle)
{
  Cpu &cpu = Cpu::self();
  idle.set_continuation(idle_step);
  if (!cpu.reclaimer.has_work())
    arch::wait_for_interrupt();
  else
    cpu.reclaimer.step();
  return nullptr;
}

} // namespace

void Cpu::start(Cpu_id id, Thread &idle)
{
  _id = id;
  _idle = &idle;
  current = &idle;
  idle.set_continuation(idle_step);
  _running_since = arch::ticks();
  _cpus[id] = this;
}

// ---- accounting -------------------------------------------------------------------------------

u64 Cpu::idle_ticks() const { return _idle->cpu_ticks(); }

Microseconds Cpu::consumed_time(Thread const &t) const
{
  u64 running = &t == current ? arch::ticks() - _running_since : 0;
  return arch::ticks_to_us(t._cpu_ticks + running);
}

// ---- choosing ---------------------------------------------------------------------------------

void Cpu::make_ready(Thread &t)
{
  t._state = Thread::State::Ready;
  if (&t == current || t._parked || t.is_enqueued()) return;
  ready.push_back(t);
  if (t.prio() == current->prio()) update_timer(); // current now shares its level
}

void Cpu::make_unready(Thread &t)
{
  if (t.is_enqueued()) ready.remove(t);
}

/// Current stays runnable but gives way: to the front of its level while it has quantum left.
void Cpu::put_back(Thread &t)
{
  Microseconds now = arch::now();
  bool left = now < _slice_end;
  t._slice_left_us = left ? u32(_slice_end - now) : 0;
  left ? ready.push_front(t) : ready.push_back(t);
}

void Cpu::start_slice(Thread &t)
{
  _slice_end = arch::now() + (t._slice_left_us ? t._slice_left_us : t._quantum_us);
  t._slice_left_us = 0;
}

/// The earliest event: a timeout, or the end of the quantum if somebody waits for it.
void Cpu::update_timer()
{
  Timeout_node *first = timeouts.first();
  bool contended = current != _idle && ready.best_prio() >= current->prio();
  if (first && (!contended || first->deadline() < _slice_end))
    arch::set_timer(first->deadline());
  else if (contended)
    arch::set_timer(_slice_end);
  else
    arch::stop_timer();
}

Thread *Cpu::schedule()
{
  Thread *from = current;
  bool runnable = from != _idle && from->is_ready() && !from->_parked;
  Prio best = ready.best_prio();
  if (runnable) {
    bool expired = best == from->prio() && arch::now() >= _slice_end;
    if (best < from->prio() || (best == from->prio() && !expired)) {
      update_timer();
      return from;
    }
    put_back(*from);
  }
  auto *next = static_cast<Thread *>(ready.pop());
  if (!next) next = _idle;
  if (next != from) account(*from);
  start_slice(*next);
  // update_timer compares with the thread that is about to run
  current = next;
  update_timer();
  current = from;
  return next;
}

Thread *Cpu::switch_to(Thread &t)
{
  Thread *from = current;
  bool possible = &t != from && t.is_ready() && t.is_enqueued();
  if (!possible) return nullptr;
  ready.remove(t);
  ready.push_front(*from);
  account(*from);
  current = &t; // the timer ends the slice if somebody waits for t's level or a better one
  update_timer();
  current = from;
  return &t;
}

void Cpu::set_parameters(Thread &t, Cpu_set const &cpus, Prio prio, u32 quantum_us)
{
  make_unready(t);
  t._prio = prio;
  t._quantum_us = quantum_us;
  t._slice_left_us = 0;
  t._parked = !cpus.contains(_id);
  t._cpu = _id;
  if (t.is_ready()) make_ready(t);
}

// ---- time -------------------------------------------------------------------------------------

void Cpu::arm_timeout(Timeout_node &node, Microseconds deadline)
{
  timeouts.insert(node, deadline);
  if (timeouts.first() == &node) update_timer();
}

void Cpu::timer_fired()
{
  Microseconds now = arch::now();
  for (unsigned n = Timeouts_per_interrupt; n; --n) {
    Timeout_node *node = timeouts.first();
    if (!node || now < node->deadline()) break;
    timeouts.remove(*node);
    Ipc::timed_out(Thread::of_timeout(*node));
  }
  update_timer();
}

// ---- doors ------------------------------------------------------------------------------------

extern "C" Thread *schedule() { return Cpu::self().schedule(); }

/// Interrupts first: a thread with much kernel work must not delay them, nor better threads.
extern "C" Thread *run_continuation(Thread *self)
{
  arch::interrupt_window();
  Thread *best = Cpu::self().schedule();
  if (best != self) return best;
  auto resume = self->continuation();
  self->set_continuation(nullptr);
  Thread *next = resume(*self);
  return next ? next : Cpu::self().schedule();
}

extern "C" void handle_timer() { Cpu::self().timer_fired(); }
extern "C" void handle_ipi() {}

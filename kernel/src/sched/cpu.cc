// SPDX-License-Identifier: MIT
#include "sched/cpu.h"

#include "diag/print.h"
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
  if (cpu.reclaimer.has_work()) {
    cpu.reclaimer.step();
  } else {
    Hold::fall_asleep();
    arch::wait_for_interrupt();
    Hold::wake_up();
  }
  return nullptr;
}

} // namespace

void Cpu::start(Thread &idle)
{
  open_receiver = Thread::waiting(Thread::Wait::Open, _id);
  closed_receiver = Thread::waiting(Thread::Wait::Closed, _id);
  _idle = &idle;
  current = &idle;
  idle.set_continuation(idle_step);
  idle._cpu_ticks = -i64(arch::ticks());
  _cpus[_id] = this;
  // release: who sees the bit sees a complete Cpu
  __atomic_fetch_or(&_online, Word{1} << _id, __ATOMIC_RELEASE);
}

Cpu &Cpu::home_elsewhere(Thread const &t)
{
  if (!Hold::reaches(t)) [[unlikely]]
    panic("kernel: thread %p of CPU %u touched by CPU %u", &t, t.cpu(), self().id());
  return of(t.cpu());
}

// ---- choosing ---------------------------------------------------------------------------------

void Cpu::make_ready(Thread &t)
{
  t._state = Thread::State::Ready;
  if (&t == current || t._parked || t.is_enqueued()) return;
  ready.push_back(t);
  if (t.prio() == current->prio()) update_timer(*current); // current now shares its level
  changed = true;
}

void Cpu::make_unready(Thread &t)
{
  if (t.is_enqueued()) ready.remove(t);
}

/// The earliest event: a timeout, or the end of the quantum if somebody waits for it.
void Cpu::update_timer(Thread const &running)
{
  if (this != &self()) { // it does this itself when it is let go
    changed = true;
    return;
  }
  Timeout_node *first = timeouts.first();
  bool contended = &running != _idle && ready.best_prio() >= running.prio();
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
  if (runnable && (best < from->prio() || (best == from->prio() && arch::now() < _slice_end))) {
    update_timer(*current);
    return from;
  }
  u64 ticks = arch::ticks();
  Microseconds now = arch::ticks_to_us(ticks);
  if (runnable) put_back(*from, now);
  Thread *next = ready.pop();
  if (!next) next = _idle;
  if (next != from) account(*from, *next, ticks);
  start_slice(*next, now);
  update_timer(*next);
  return next;
}

Thread *Cpu::switch_to(Thread &t)
{
  Thread *from = current;
  bool possible = &t != from && t.cpu() == _id && t.is_ready() && t.is_enqueued();
  if (!possible) return nullptr;
  ready.remove(t);
  ready.push_front(*from);
  account(*from, t);
  update_timer(t); // it ends the slice if somebody waits for t's level or a better one
  return &t;
}

void Cpu::go_idle()
{
  Thread *from = current;
  if (from == _idle) return;
  if (from->is_ready() && !from->_parked) put_back(*from, arch::now());
  account(*from, *_idle);
  arch::switch_to(_idle);
}

void Cpu::set_parameters(Thread &t, bool parked, Prio prio, u32 quantum_us)
{
  home_of(t).make_unready(t);
  if (t.cpu() != _id) move_here(t);
  t._prio = prio;
  t._quantum_us = quantum_us;
  t._slice_left_us = 0;
  t._parked = parked;
  if (t.is_ready()) make_ready(t);
}

/// All that refers to the thread by its home comes along: its deadline. Its place in queues stays.
void Cpu::move_here(Thread &t)
{
  Cpu &old = of(t.cpu());
  if (old.current == &t) { // only if this is a thread that moves itself
    old.go_idle();
    old.make_unready(t);
  }
  bool has_deadline = t._timeout.is_armed();
  old.timeouts.remove(t._timeout);
  t._cpu = u8(_id);
  if (has_deadline) arm_timeout(t._timeout, t._timeout.deadline());
  // the fast way to switch takes for granted that this CPU has seen the thread before
  t.set_exit_flag(Thread::Reload_segments);
}

// ---- time -------------------------------------------------------------------------------------

void Cpu::arm_timeout(Timeout_node &node, Microseconds deadline)
{
  timeouts.insert(node, deadline);
  if (timeouts.first() == &node) update_timer(*current);
}

void Cpu::timer_fired()
{
  Microseconds now = arch::now();
  bool needs_hold = false;
  for (unsigned n = Timeouts_per_interrupt; n; --n) {
    Hold hold(needs_hold, Hold::Interrupt); // before this the first may have been cancelled
    Timeout_node *node = timeouts.first();
    if (!node || now < node->deadline()) break;
    Thread &t = Thread::of_timeout(*node);
    needs_hold = !Ipc::reaches_links(t);
    if (needs_hold) continue;
    timeouts.remove(*node);
    Ipc::end_phase(t, Ipc_error::Send_timeout);
  }
  update_timer(*current);
}

// ---- doors ------------------------------------------------------------------------------------

extern "C" Thread *schedule()
{
  return Cpu::self().schedule();
}

/// Interrupts first: a thread with much kernel work must not delay them, nor better threads.
extern "C" Thread *run_continuation(Thread *self)
{
  arch::interrupt_window();
  Cpu &cpu = Cpu::self();
  bool best = cpu.current == self && self->is_ready() && cpu.ready.best_prio() < self->prio();
  if (!best) {
    Thread *next = cpu.schedule();
    if (next != self || cpu.current != self) return next;
  }
  Hold hold(self->needs_hold());
  if (cpu.current != self) { // it waited for its turn; meanwhile threads may have come and gone
    self = cpu.schedule();
    if (!self->needs_hold()) return self;
    arch::switch_to(self);
  }
  auto resume = self->continuation();
  self->set_continuation(nullptr);
  Thread *next = resume(*self);
  return next ? next : cpu.schedule();
}

extern "C" void handle_timer()
{
  Hold::wake_up();
  Cpu::self().timer_fired();
}

extern "C" void handle_ipi()
{
  Hold::wake_up();
  Hold::serve();
}

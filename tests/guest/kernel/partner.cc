// SPDX-License-Identifier: MIT
#include "partner.h"

#include <l4/sys/task.h>
#include <l4/sys/thread.h>

namespace Tap {

namespace {

constexpr l4_umword_t Finite = 20000; ///< microseconds
constexpr l4_umword_t Settling = 300; ///< until everybody is where it shall be, in virtual time
constexpr l4_umword_t Keep = ~l4_umword_t(0);

void settle()
{
  sleep_us(Settling);
}

/// The operation ended by itself, with this code and the tag that belongs to it. Of 0x04 the
/// documents say it only for a selector that names nothing.
void check_end(Scene &s, End expected)
{
  settle();
  CHECK(s.victim.done());
  CHECK_EQ(s.victim.result.error(), expected);
  if (expected == Gone) return;
  bool const sending = !(expected & 1);
  CHECK_EQ(s.victim.result.tag, (sending ? 0 : s.state.tag) | L4_MSGTAG_ERROR);
}

void cancel(Worker &w)
{
  CHECK_LABEL(ex_regs(w.cap(), Keep, Keep, L4_THREAD_EX_REGS_CANCEL), 0);
}

void destroy(l4_cap_idx_t cap)
{
  CHECK_LABEL(task_unmap(env.task, object_page(cap), L4_FP_DELETE_OBJ), 0);
}

/// It is still in its state, and ends as always: by its timeout, or by a cancel.
void check_goes_on(Scene &s)
{
  settle();
  CHECK(!s.victim.done());
  if (s.timeouts == Never) {
    cancel(s.victim);
    return check_end(s, s.state.cancel);
  }
  CHECK(s.victim.finished(2 * Finite));
  check_end(s, s.state.timeout);
  CHECK_GE(s.ended - s.began, Finite);
}

void check_partner_died(Scene &s)
{
  if (s.state.partner_dies == Not_ended) return check_goes_on(s);
  check_end(s, s.state.partner_dies);
}

void check_nothing_left(Scene &s)
{
  if (s.state.nothing_left) CHECK(s.state.nothing_left(s));
}

// ---- what can happen ---------------------------------------------------------------------------

void time_passes(Scene &s)
{
  check_goes_on(s);
  check_nothing_left(s);
}

void victim_is_canceled(Scene &s)
{
  cancel(s.victim);
  check_end(s, s.state.cancel);
  check_nothing_left(s);
}

void victim_gets_ex_regs(Scene &s)
{
  CHECK_LABEL(ex_regs(s.victim.cap(), Keep, Keep), 0);
  check_goes_on(s);
}

void victim_is_deleted(Scene &s)
{
  destroy(s.victim.cap());
  settle();
  CHECK(!s.victim.done());
  check_nothing_left(s);
}

void partner_is_canceled(Scene &s)
{
  if (s.has_partner()) cancel(s.partner);
  check_goes_on(s);
}

void partner_gets_ex_regs(Scene &s)
{
  if (s.has_partner()) CHECK_LABEL(ex_regs(s.partner.cap(), Keep, Keep), 0);
  check_goes_on(s);
}

void partner_is_deleted(Scene &s)
{
  if (s.state.alone) return;
  destroy(s.partner_object());
  check_partner_died(s);
}

void partner_deletes_itself(Scene &s)
{
  if (!s.has_partner()) return;
  s.tell(Scene::Delete_yourself);
  check_partner_died(s);
}

void both_are_deleted(Scene &s)
{
  destroy(s.victim.cap());
  if (!s.state.alone) destroy(s.partner_object());
}

constexpr void (*Happenings[])(Scene &) = {
    time_passes,        victim_is_canceled,     victim_gets_ex_regs,
    victim_is_deleted,  partner_is_canceled,    partner_gets_ex_regs,
    partner_is_deleted, partner_deletes_itself, both_are_deleted,
};

/// CPUs of victim and partner; the main thread is on CPU 0.
constexpr unsigned Places[][2] = {{0, 0}, {1, 1}, {0, 1}, {1, 0}, {1, 2}};

} // namespace

Scene::Scene(State const &of, l4_umword_t time, unsigned victim_cpu, unsigned partner_cpu)
    : state(of), timeouts(time), partner(partner_body, this), victim(victim_body, this),
      to_partner(partner.cap(), 0x1230)
{
  CHECK_LABEL(irq.bind(victim.cap(), 1), 0);
  if (partner_cpu) CHECK_LABEL(run_on(partner.cap(), partner_cpu), 0);
  if (victim_cpu) CHECK_LABEL(run_on(victim.cap(), victim_cpu), 0);
  partner.start();
  settle();
  victim.start();
  settle();
  CHECK(!victim.done());
}

void Scene::tell(Order what)
{
  order = what;
  semaphore_up(go);
  settle();
}

void Scene::victim_body(Worker &me)
{
  Scene &s = me.data<Scene>();
  s.began = now();
  me.result = s.state.enter(s);
  s.ended = now();
}

/// Meets the victim, then stays busy until it is told what to do; a cancel does not end that.
void Scene::partner_body(Worker &me)
{
  Scene &s = me.data<Scene>();
  if (s.state.meet) s.state.meet(s);
  while (s.order == Stay)
    semaphore_down(s.go, Never);
  l4_umword_t const answer = raw_tag(0, 0);
  switch (s.order) {
  case Poll: s.poll = wait(Zero); break;
  case Reply: s.poll = invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, answer, Zero); break;
  case Reply_explicit:
    s.poll = invoke(Reply_slot | L4_SYSF_REPLY | L4_SYSF_SEND, answer, Zero);
    break;
  default: task_unmap(env.task, object_page(me.cap()), L4_FP_DELETE_OBJ);
  }
}

void in_every_way(State const &state)
{
  bool const several = cpu_count() > 1;
  for (auto const &place : Places) {
    if (!several && &place != &Places[0]) break;
    for (l4_umword_t time : {Never, pair(half(Finite), half(Finite))})
      for (auto const &happen : Happenings) {
        if (Tap::failed()) return;
        Scene scene(state, time, place[0], place[1]);
        happen(scene);
        if (!Tap::failed()) continue;
        note("happening", l4_uint64_t(&happen - Happenings));
        note("CPU of the victim", place[0]);
        note("CPU of the partner", place[1]);
        note("timeouts", time);
      }
  }
}

} // namespace Tap

// SPDX-License-Identifier: MIT
// Several CPUs at the pins of the interrupt controller (kernel-objects.md section 7).
#include "smp.h"

#include <l4/sys/icu.h>
#include <l4/sys/task.h>

using namespace Tap;

namespace {

constexpr l4_umword_t First_pin = 20, Second_pin = 21; ///< without a device on q35

Result bind(l4_cap_idx_t irq, l4_umword_t pin)
{
  return call(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_BIND, pin}, {object(irq)}, Long_patience);
}

bool is_free(l4_umword_t pin)
{
  Irq irq;
  return bind(irq, pin).checked_label() == 0;
}

/// What two threads do with one IRQ object until it is over.
struct Contest {
  l4_cap_idx_t irq;
  l4_umword_t volatile over = 0;
};

} // namespace

CASE("kernel-objects.md 7",
     "CPUs bind, unbind, mask and delete objects at one pin at the same time")
{
  constexpr unsigned Rounds = 60;
  auto body = [](Worker &me) {
    constexpr l4_umword_t Free_pin = 20;
    auto const icu = [](l4_umword_t op, std::initializer_list<Item> items = {}) {
      return call(env.icu, L4_PROTO_IRQ, {op, Free_pin}, items, Long_patience);
    };
    l4_cap_idx_t const irq = me.data<l4_cap_idx_t>();
    for (unsigned i = 0; i < Rounds; ++i) {
      if (!create(irq, L4_PROTO_IRQ_SENDER).ok()) return;
      Result const bound = icu(L4_ICU_OP_BIND, {object(irq)});
      if (bound.checked_label() != 0 && bound.checked_label() != -L4_EINVAL) return;
      for (l4_umword_t op : {L4_ICU_OP_UNMASK, L4_ICU_OP_MASK}) {
        mr(0) = op;
        mr(1) = Free_pin;
        invoke(env.icu | L4_SYSF_SEND, raw_tag(L4_PROTO_IRQ, 2), Zero);
      }
      if (i % 2 && !icu(L4_ICU_OP_UNBIND, {object(irq)}).ok()) return;
      task_unmap(env.task, object_page(irq), L4_FP_DELETE_OBJ);
      count(me.value[0]);
    }
  };
  Slot slot[3];
  l4_cap_idx_t caps[] = {slot[0], slot[1], slot[2]};
  Placed a(1, body, &caps[0]), b(2, body, &caps[1]), c(3, body, &caps[2]);
  for (Worker *w : {&a, &b, &c}) {
    CHECK(w->finished(Long_wait));
    CHECK_EQ(w->value[0], Rounds);
  }
  Irq last; // the pin is free, whoever had it
  CHECK_LABEL(call(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_BIND, 20}, {object(last)}), 0);
}

CASE("kernel-objects.md 7 bind",
     "two CPUs bind one object to two pins: it is at one of them, then at none")
{
  for (unsigned i = 0; i < 3; ++i) {
    Irq irq;
    auto const body = [](Worker &me) {
      l4_cap_idx_t const irq = me.data<l4_cap_idx_t>();
      for (unsigned n = 0; n < 80; ++n) {
        bind(irq, First_pin);
        bind(irq, Second_pin);
        count(me.value[0]);
      }
    };
    l4_cap_idx_t cap = irq;
    Placed a(1, body, &cap), b(2, body, &cap);
    CHECK(a.finished(Long_wait));
    CHECK(b.finished(Long_wait));
    CHECK(is_free(First_pin) || is_free(Second_pin));
    irq.remove();
    CHECK(is_free(First_pin));
    CHECK(is_free(Second_pin));
  }
}

CASE("kernel-objects.md 7 bind", "an object dies while another CPU binds it: its pin is free")
{
  Slot slot;
  Contest contest{slot};
  Placed binder(
      1,
      [](Worker &me) {
        Contest &c = me.data<Contest>();
        while (!load(c.over)) {
          bind(c.irq, First_pin);
          count(me.value[0]);
        }
      },
      &contest);
  Placed maker(
      2,
      [](Worker &me) {
        Contest &c = me.data<Contest>();
        for (unsigned n = 0; n < 120; ++n) {
          if (!create(c.irq, L4_PROTO_IRQ_SENDER).ok()) return;
          for (unsigned wait = n % 50 * 20; wait; --wait)
            __asm__ volatile("pause");
          task_unmap(env.task, object_page(c.irq), L4_FP_DELETE_OBJ);
          count(me.value[0]);
        }
      },
      &contest);
  CHECK(maker.finished(Long_wait));
  CHECK_EQ(maker.value[0], 120);
  contest.over = 1;
  CHECK(binder.finished(Long_wait));
  CHECK(is_free(First_pin));
}

// SPDX-License-Identifier: MIT
#include "obj/icu.h"

#include "ipc/entry.h"
#include "jdb/trace.h"
#include "obj/item_object.h"
#include "obj/operation.h"
#include "sched/cpu.h"

namespace {

constexpr Word Feature_msi = 0x80000000;
constexpr Word Mode_set = 1;

/// Platform control (abi/kernel-objects.md section 8).
Outcome shutdown(Kobject &, Invocation &call)
{
  constexpr Word Power_off = 0, Reboot = 1;
  if (call.mr(1) == Reboot) platform::reboot();
  if (call.mr(1) == Power_off) platform::power_off();
  return Errno::No_sys; // the machine cannot be switched off, or the word is neither 0 nor 1
}

/// Answers with what is known beforehand.
template <Errno Error> Outcome answer(Kobject &, Invocation &) { return Error; }

} // namespace

// ---- pins in general --------------------------------------------------------------------------

void Irq_chip::release(Irq_base &irq)
{
  Lock_guard guard(_lock);
  if (irq._chip != this) return;
  if (Irq_base **slot = binding(irq._pin)) *slot = nullptr;
  control(irq._pin, Pin_op::Detach);
  irq._chip = nullptr;
}

Irq_base *Irq_chip::bound_to(unsigned pin)
{
  Irq_base **slot = binding(pin);
  return slot ? __atomic_load_n(slot, __ATOMIC_RELAXED) : nullptr;
}

void Irq_chip::fire(unsigned pin)
{
  Hold::wake_up();
  for (bool done = false, needs_hold = false; !done; needs_hold = !done) {
    Hold hold(needs_hold, Hold::Interrupt); // before this the binding may have changed
    Irq_base *irq = bound_to(pin);
    done = !irq || irq->trigger(true);
  }
}

Outcome Irq_chip::op_bind(Invocation &call)
{
  if (!call.tag.items()) return Errno::Msg_too_short;
  Item<Irq_base> item(call, Cap_slot::W);
  if (!item) return item.error();
  if (!Hold::is_exclusive()) return Outcome::hold(); // nobody binds it to another pin meanwhile
  Irq_base &irq = *item;
  irq.leave_pin();

  unsigned pin = unsigned(call.mr(1));
  Lock_guard guard(_lock);
  Irq_base **slot = call.mr(1) <= ~u32{0} ? binding(pin) : nullptr;
  if (!slot || *slot || !control(pin, Pin_op::Attach)) return Errno::Inval;
  *slot = &irq;
  irq._chip = this;
  irq._pin = pin;
  if (!irq.is_masked()) control(pin, Pin_op::Unmask);
  return Outcome::ok();
}

Outcome Irq_chip::op_unbind(Invocation &call)
{
  if (!call.tag.items()) return Errno::Msg_too_short;
  Item<Irq_base> item(call);
  if (!item) return item.error();
  if (!Hold::is_exclusive()) return Outcome::hold();
  if (Irq_base *irq = bound_to(unsigned(call.mr(1)))) release(*irq);
  return Outcome::ok();
}

Outcome Irq_chip::op_info(Invocation &call)
{
  call.utcb.mr[0] = msis() ? Feature_msi : 0;
  call.utcb.mr[1] = pins();
  call.utcb.mr[2] = msis();
  return reply_tag(0, 3);
}

Outcome Irq_chip::op_set_mode(Invocation &call)
{
  unsigned pin = unsigned(call.mr(1)), mode = unsigned(call.mr(2));
  if (!binding(pin)) return Errno::Inval;
  if (!(mode & Mode_set)) return Outcome::ok();
  return control(pin, Pin_op::Set_mode, mode) ? Outcome::ok() : Errno::Inval;
}

template <bool Mask> Outcome Irq_chip::op_mask(Invocation &call)
{
  Irq_base *irq = call.tag.words() < 2 ? nullptr : bound_to(unsigned(call.mr(1)));
  if (irq) irq->set_masked(Mask);
  return Outcome::no_reply();
}

Outcome Irq_chip::icu_operation(Invocation &call)
{
  static constexpr Operation Operations[] = {
      {0, 0, at_least(2), by<&Irq_chip::op_bind>},
      {1, 0, at_least(2), by<&Irq_chip::op_unbind>},
      {2, 0, any_words, by<&Irq_chip::op_info>},
      {3, 0, any_words, by<&Irq_chip::op_msi_info>},
      {4, 0, any_words, by<&Irq_chip::op_mask<false>>},
      {5, 0, any_words, by<&Irq_chip::op_mask<true>>},
      {6, 0, at_least(3), by<&Irq_chip::op_set_mode>},
  };
  return serve(Operations, {}, *this, call);
}

// ---- the machine's controller -----------------------------------------------------------------

Irq_base **Icu::binding(unsigned pin)
{
  if (pin & Msi) return (pin & ~Msi) < msis() ? &_msis[pin & ~Msi] : nullptr;
  return pin < pins() ? &_pins[pin] : nullptr;
}

bool Icu::control(unsigned pin, Pin_op op, unsigned mode)
{
  if (pin & Msi) { // not masked, without levels and modes
    if (op == Pin_op::Attach) return platform::msi_attach(pin & ~Msi);
    if (op == Pin_op::Detach) platform::msi_detach(pin & ~Msi);
    return Irq_chip::control(pin, op);
  }
  switch (op) {
  case Pin_op::Attach: return platform::irq_attach(pin);
  case Pin_op::Is_level: return platform::irq_is_level(pin);
  case Pin_op::Set_mode: return platform::irq_set_mode(pin, mode);
  case Pin_op::Detach: platform::irq_detach(pin); break;
  case Pin_op::Mask: platform::irq_mask(pin); break;
  case Pin_op::Unmask: platform::irq_unmask(pin); break;
  }
  return true;
}

Outcome Icu::op_msi_info(Invocation &call)
{
  if (call.tag.words() < 3) return Errno::Msg_too_short;
  Word number = call.mr(1);
  if (!(number & Msi) || (number & ~Word{Msi}) >= msis()) return Errno::Range;
  platform::Msi msi = platform::msi_info(unsigned(number) & ~Msi);
  call.utcb.mr[0] = msi.address;
  call.utcb.mr[1] = msi.data;
  return reply_tag(0, 2);
}

Outcome Icu::invoke(Invocation &call)
{
  static constexpr Operation Platform_operations[] = {
      {0, 0, any_words, answer<Errno::No_dev>}, // suspend: needs firmware that is not there
      {1, 0, exactly(2), shutdown},
      {2, 0, any_words, answer<Errno::Ok>},
  };
  if (call.tag.label() == Proto::Irq) return icu_operation(call);
  if (call.tag.label() != Proto::Platform_ctl) return Errno::Bad_proto;
  return serve(Platform_operations, {}, *this, call);
}

extern "C" void handle_irq(unsigned pin)
{
  jdb::trace(jdb::Trace::Irq, nullptr, pin);
  Icu::instance->fire(pin);
}
extern "C" void handle_msi(unsigned msi)
{
  jdb::trace(jdb::Trace::Irq, nullptr, msi, true);
  Icu::instance->fire(msi | Icu::Msi);
}

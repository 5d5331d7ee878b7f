// SPDX-License-Identifier: MIT
#include "obj/icu.h"

#include "arch/arch.h"
#include "ipc/entry.h"
#include "jdb/trace.h"
#include "obj/item_object.h"
#include "sched/cpu.h"

constinit Icu *Icu::instance = nullptr;

namespace {

enum Icu_op : Word {
  Op_bind,
  Op_unbind,
  Op_info,
  Op_msi_info,
  Op_unmask,
  Op_mask,
  Op_set_mode,
};
enum Platform_op : Word {
  Op_suspend,
  Op_shutdown,
  Op_cpu_allow_shutdown,
  Op_cpu_enable,
  Op_cpu_disable,
};
enum Shutdown : Word { Power_off, Reboot };

constexpr Word Feature_msi = 0x80000000;
constexpr Word Mode_set = 1;

/// The IRQ object or semaphore among the items.
Item_object<Irq_base> irq_argument(Invocation &call)
{
  auto item = item_object(call);
  if (!item) return item.outcome();
  auto type = item.object().type();
  if (type != Kobject::Type::Irq && type != Kobject::Type::Semaphore) return Outcome(Errno::Inval);
  return {static_cast<Irq_base &>(item.object()), item.rights()};
}

} // namespace

// ---- pins in general --------------------------------------------------------------------------

void Irq_chip::release(Irq_base &irq)
{
  Lock_guard guard(_lock);
  if (irq._chip != this) return;
  if (Irq_base **slot = binding(irq._pin)) *slot = nullptr;
  detach_pin(irq._pin);
  irq._chip = nullptr;
}

void Irq_chip::fire(unsigned pin)
{
  Hold::wake_up();
  for (bool done = false, needs_hold = false; !done; needs_hold = !done) {
    Hold hold(needs_hold, Hold::Interrupt); // before this the binding may have changed
    Irq_base **slot = binding(pin);
    done = !slot || !*slot || (*slot)->pin_fired();
  }
}

Outcome Irq_chip::op_bind(Invocation &call)
{
  if (call.tag.words() < 2 || !call.tag.items()) return Errno::Msg_too_short;
  auto item = irq_argument(call);
  if (!item) return item.outcome();
  if (!(item.rights() & Cap_slot::W)) return Errno::Perm;
  Irq_base &irq = item.object();
  irq.leave_pin();

  unsigned pin = unsigned(call.mr(1));
  Lock_guard guard(_lock);
  Irq_base **slot = call.mr(1) <= ~u32{0} ? binding(pin) : nullptr;
  if (!slot || *slot || !attach_pin(pin)) return Errno::Inval;
  *slot = &irq;
  irq._chip = this;
  irq._pin = pin;
  if (!irq.is_masked()) unmask_pin(pin);
  return Outcome::ok();
}

Outcome Irq_chip::op_unbind(Invocation &call)
{
  if (call.tag.words() < 2 || !call.tag.items()) return Errno::Msg_too_short;
  auto item = irq_argument(call);
  if (!item) return item.outcome();
  Irq_base **slot = binding(unsigned(call.mr(1)));
  if (slot && *slot) release(**slot);
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
  if (call.tag.words() < 3) return Errno::Msg_too_short;
  unsigned pin = unsigned(call.mr(1)), mode = unsigned(call.mr(2));
  if (!binding(pin)) return Errno::Inval;
  if (!(mode & Mode_set)) return Outcome::ok();
  return set_pin_mode(pin, mode) ? Outcome::ok() : Errno::Inval;
}

Outcome Irq_chip::op_mask(Invocation &call, bool mask)
{
  if (call.tag.words() < 2) return Outcome::no_reply();
  Irq_base **slot = binding(unsigned(call.mr(1)));
  if (slot && *slot) mask ? (*slot)->mask() : (*slot)->unmask();
  return Outcome::no_reply();
}

Outcome Irq_chip::icu_operation(Invocation &call)
{
  if (!call.tag.words()) return Errno::Msg_too_short;
  switch (call.mr(0)) {
  case Op_bind:
    return op_bind(call);
  case Op_unbind:
    return op_unbind(call);
  case Op_info:
    return op_info(call);
  case Op_msi_info:
    return op_msi_info(call);
  case Op_unmask:
    return op_mask(call, false);
  case Op_mask:
    return op_mask(call, true);
  case Op_set_mode:
    return op_set_mode(call);
  default:
    return Errno::No_sys;
  }
}

// ---- the machine's controller -----------------------------------------------------------------

unsigned Icu::pins() const
{
  return platform::irq_pins();
}
unsigned Icu::msis() const
{
  return platform::msi_count();
}

Irq_base **Icu::binding(unsigned pin)
{
  if (pin & Msi) return (pin & ~Msi) < msis() ? &_msis[pin & ~Msi] : nullptr;
  return pin < pins() ? &_pins[pin] : nullptr;
}

bool Icu::attach_pin(unsigned pin)
{
  return pin & Msi ? platform::msi_attach(pin & ~Msi) : platform::irq_attach(pin);
}

void Icu::detach_pin(unsigned pin)
{
  pin &Msi ? platform::msi_detach(pin & ~Msi) : platform::irq_detach(pin);
}

void Icu::mask_pin(unsigned pin)
{
  if (!(pin & Msi)) platform::irq_mask(pin);
}

void Icu::unmask_pin(unsigned pin)
{
  if (!(pin & Msi)) platform::irq_unmask(pin);
}

bool Icu::is_level(unsigned pin) const
{
  return !(pin & Msi) && platform::irq_is_level(pin);
}

bool Icu::set_pin_mode(unsigned pin, unsigned mode)
{
  return (pin & Msi) || platform::irq_set_mode(pin, mode);
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

/// Platform control (abi/kernel-objects.md section 8). Suspend needs firmware support that is not
/// there.
Outcome Icu::platform_operation(Invocation &call)
{
  if (!call.tag.words()) return Errno::Msg_too_short;
  switch (call.mr(0)) {
  case Op_suspend:
    return Errno::No_dev;
  case Op_shutdown:
    if (call.tag.words() != 2) return Errno::Inval;
    if (call.mr(1) == Reboot) platform::reboot();
    if (call.mr(1) == Power_off) platform::power_off();
    return Errno::No_sys;
  case Op_cpu_allow_shutdown:
    return Outcome::ok();
  default:
    return Errno::No_sys;
  }
}

Outcome Icu::invoke(Invocation &call)
{
  switch (call.tag.label()) {
  case Proto::Irq:
    return icu_operation(call);
  case Proto::Platform_ctl:
    return platform_operation(call);
  default:
    return Errno::Bad_proto;
  }
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

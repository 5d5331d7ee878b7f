// SPDX-License-Identifier: MIT
// The interrupt controller without a device (kernel-objects.md section 7); with one: device.cc.
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/icu.h>
#include <l4/sys/irq.h>
#include <l4/sys/platform_control.h>
#include <l4/sys/task.h>

using namespace Tap;

namespace {

Result icu(l4_umword_t op, l4_umword_t pin, std::initializer_list<Item> items = {})
{
  return call(env.icu, L4_PROTO_IRQ, {op, pin}, items);
}

constexpr l4_umword_t Free_pin = 20; ///< a global system interrupt without a device on q35

} // namespace

CASE("kernel-objects.md 7 info", "features, pins, MSIs; three words")
{
  Result const r = call(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_INFO});
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 3);
  CHECK_GE(mr(1), 16);
  l4_umword_t const has_msi = mr(0) & 0x80000000, msis = mr(2);
  CHECK_EQ(has_msi != 0, msis != 0);
}

CASE("kernel-objects.md 7 bind", "a free pin takes one object; a second gets -EINVAL")
{
  Irq irq, other;
  CHECK_LABEL(icu(L4_ICU_OP_BIND, Free_pin, {object(irq)}), 0);
  CHECK_LABEL(icu(L4_ICU_OP_BIND, Free_pin, {object(other)}), -L4_EINVAL);
  CHECK_LABEL(icu(L4_ICU_OP_UNBIND, Free_pin, {object(irq)}), 0);
  CHECK_LABEL(icu(L4_ICU_OP_BIND, Free_pin, {object(other)}), 0);
}

CASE("kernel-objects.md 7 bind", "deleting a bound IRQ frees its pin")
{
  Irq irq;
  CHECK_LABEL(icu(L4_ICU_OP_BIND, Free_pin, {object(irq)}), 0);
  irq.remove();
  Irq next;
  CHECK_LABEL(icu(L4_ICU_OP_BIND, Free_pin, {object(next)}), 0);
}

CASE("kernel-objects.md 7 bind", "invalid pin and foreign objects: -EINVAL; no W: -EPERM")
{
  Irq irq;
  Gate gate;
  Copy no_w(irq, L4_CAP_FPAGE_RS);
  CHECK_LABEL(icu(L4_ICU_OP_BIND, 100000, {object(irq)}), -L4_EINVAL);
  CHECK_LABEL(icu(L4_ICU_OP_BIND, Free_pin, {object(gate)}), -L4_EINVAL);
  CHECK_LABEL(icu(L4_ICU_OP_BIND, Free_pin, {object(no_w)}), -L4_EPERM);
}

CASE("kernel-objects.md 7 bind", "too short or no item: -EMSGTOOSHORT; memory item: 0x08")
{
  Irq irq;
  CHECK_LABEL(call(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_BIND}, {object(irq)}), -L4_EMSGTOOSHORT);
  CHECK_LABEL(icu(L4_ICU_OP_BIND, Free_pin), -L4_EMSGTOOSHORT);
  CHECK_LABEL(icu(L4_ICU_OP_UNBIND, Free_pin), -L4_EMSGTOOSHORT);
  CHECK_EQ(icu(L4_ICU_OP_BIND, Free_pin, {memory(env.image, 12, L4_FPAGE_RO)}).error(),
           L4_IPC_SEMSGCUT);
}

CASE("kernel-objects.md 7 bind", "a semaphore can be bound to a pin")
{
  Semaphore sem;
  CHECK_LABEL(icu(L4_ICU_OP_BIND, Free_pin, {object(sem)}), 0);
  CHECK_LABEL(icu(L4_ICU_OP_UNBIND, Free_pin, {object(sem)}), 0);
}

CASE("kernel-objects.md 7 unbind", "0 also for a free or invalid pin, but the item must be an IRQ")
{
  Irq irq;
  Gate gate;
  CHECK_LABEL(icu(L4_ICU_OP_UNBIND, Free_pin, {object(irq)}), 0);
  CHECK_LABEL(icu(L4_ICU_OP_UNBIND, 100000, {object(irq)}), 0);
  CHECK_LABEL(icu(L4_ICU_OP_UNBIND, Free_pin, {object(gate)}), -L4_EINVAL);
}

CASE("kernel-objects.md 7 set_mode", "0 for valid pins, -EINVAL for invalid ones")
{
  Irq irq;
  CHECK_LABEL(call(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_SET_MODE, Free_pin, 3}), 0);
  CHECK_LABEL(icu(L4_ICU_OP_BIND, Free_pin, {object(irq)}), 0);
  CHECK_LABEL(call(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_SET_MODE, Free_pin, 1}), 0);
  CHECK_LABEL(call(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_SET_MODE, 100000, 1}), -L4_EINVAL);
  CHECK_LABEL(call(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_SET_MODE, Free_pin}), -L4_EMSGTOOSHORT);
}

CASE("kernel-objects.md 7 mask", "mask and unmask answer nothing and ignore bad pins")
{
  CHECK(!send(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_UNMASK, 100000}).failed());
  CHECK(!send(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_MASK, Free_pin}).failed());
  CHECK_EQ(call(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_MASK, Free_pin}, {}, pair(0, Half_zero)).error(),
           L4_IPC_RETIMEOUT);
}

CASE("kernel-objects.md 7 log and scheduler", "both are ICUs with one pin")
{
  for (l4_cap_idx_t object_cap : {env.log, env.scheduler}) {
    Result const r = call(object_cap, L4_PROTO_IRQ, {L4_ICU_OP_INFO});
    CHECK_LABEL(r, 0);
    CHECK_EQ(mr(1), 1);
    CHECK_LABEL(call(object_cap, L4_PROTO_IRQ, {L4_ICU_OP_MSI_INFO, 0x80000000, 0}), -L4_ENOSYS);
    Irq irq;
    CHECK_LABEL(call(object_cap, L4_PROTO_IRQ, {L4_ICU_OP_BIND, 0}, {object(irq)}), 0);
    CHECK_LABEL(call(object_cap, L4_PROTO_IRQ, {L4_ICU_OP_BIND, 1}, {object(irq)}), -L4_EINVAL);
  }
}

CASE("kernel-objects.md 7 msi_info", "a number without bit 31 or too large: -ERANGE")
{
  CHECK_LABEL(call(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_INFO}), 0);
  if (!mr(2)) SKIP("no MSIs");
  CHECK_LABEL(call(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_MSI_INFO, 0x8000ffff, 0}), -L4_ERANGE);
  CHECK_LABEL(call(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_MSI_INFO, 0, 0}), -L4_ERANGE);
}

CASE("kernel-objects.md 7 bind",
     "the object leaves its previous pin first, even if the bind then fails")
{
  Irq irq, other;
  CHECK_LABEL(icu(L4_ICU_OP_BIND, Free_pin, {object(irq)}), 0);
  CHECK_LABEL(icu(L4_ICU_OP_BIND, 0x7777, {object(irq)}), -L4_EINVAL);
  CHECK_LABEL(icu(L4_ICU_OP_BIND, Free_pin, {object(other)}), 0);
  CHECK_LABEL(icu(L4_ICU_OP_BIND, Free_pin, {object(irq)}), -L4_EINVAL);
}

CASE("kernel-objects.md 7 unbind", "which object is named does not matter, if it is one")
{
  Irq irq, other;
  CHECK_LABEL(icu(L4_ICU_OP_BIND, Free_pin, {object(irq)}), 0);
  CHECK_LABEL(icu(L4_ICU_OP_UNBIND, Free_pin, {object(other)}), 0);
  CHECK_LABEL(icu(L4_ICU_OP_BIND, Free_pin, {object(other)}), 0);
}

CASE("kernel-objects.md 8", "cpu_allow_shutdown is accepted, suspend is not there")
{
  CHECK_LABEL(call(env.icu, L4_PROTO_PLATFORM_CTL, {2, 0, 1}), 0);
  CHECK_LABEL(call(env.icu, L4_PROTO_PLATFORM_CTL, {0, 3}), -L4_ENODEV);
}

CASE("kernel-objects.md 9 pin 0", "takes any IRQ object, one at a time; no CPU comes or goes here")
{
  auto const pin = [](l4_umword_t op, l4_cap_idx_t irq) {
    return call(env.scheduler, L4_PROTO_IRQ, {op, 0}, {object(irq)});
  };
  Irq irq, other;
  Semaphore sem;
  CHECK_LABEL(irq.bind(env.thread, 0x5c0), 0);
  CHECK_LABEL(pin(L4_ICU_OP_BIND, irq), 0);
  CHECK_LABEL(pin(L4_ICU_OP_BIND, other), -L4_EINVAL);
  CHECK(!send(env.scheduler, L4_PROTO_IRQ, {L4_ICU_OP_UNMASK, 0}).failed());
  CHECK_LABEL(call(env.scheduler, L4_PROTO_IRQ, {L4_ICU_OP_SET_MODE, 0, L4_IRQ_F_POS_EDGE}), 0);
  CHECK_LABEL(call(env.scheduler, L4_PROTO_IRQ, {L4_ICU_OP_SET_MODE, 1, 1}), -L4_EINVAL);
  CHECK_EQ(wait(pair(0, half(2000))).error(), L4_IPC_RETIMEOUT);
  CHECK(!irq.trigger().failed()); // by hand it works, bound or not
  CHECK_EQ(wait(Zero).from, 0x5c0);
  CHECK_LABEL(pin(L4_ICU_OP_UNBIND, other), 0);
  CHECK_LABEL(pin(L4_ICU_OP_BIND, sem), 0);
  sem.remove();
  CHECK_LABEL(pin(L4_ICU_OP_BIND, other), 0);
}

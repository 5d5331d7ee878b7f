// SPDX-License-Identifier: MIT
// Factories: arguments, results, errors, quotas (kernel-objects.md section 1).
#include <l4/libtap/objects.h>
#include <l4/libtap/probe.h>
#include <l4/libtap/tap.h>

#include <l4/sys/ipc_gate.h>
#include <l4/sys/semaphore.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>

using namespace Tap;

namespace {
constexpr l4_umword_t Word_arg = L4_VARG_TYPE_UMWORD | 8 << 16;
constexpr l4_umword_t Fpage_arg = L4_VARG_TYPE_FPAGE | 8 << 16;
constexpr l4_umword_t Return_item = 0x38;
} // namespace

CASE("kernel-objects.md 1 result", "no words, one item 0x38, label 0, flags 0")
{
  Slot slot;
  Result const r = create(slot, L4_PROTO_SEMAPHORE);
  CHECK_EQ(r.tag, raw_tag(0, 0, 1));
  CHECK_EQ(mr(0), Return_item);
  CHECK(slot.valid());
}

CASE("kernel-objects.md 1 objects", "thread, IRQ, semaphore, gate, task, factory can be made")
{
  Slot a, b, c, d, e, f;
  CHECK_LABEL(create(a, L4_PROTO_THREAD), 0);
  CHECK_LABEL(create(b, L4_PROTO_IRQ_SENDER), 0);
  CHECK_LABEL(create(c, 0), 0);
  CHECK_LABEL(create(d, L4_PROTO_KOBJECT), 0);
  CHECK_LABEL(create(e, L4_PROTO_TASK, {Fpage_arg, 0}), 0);
  CHECK_LABEL(create(f, L4_PROTO_FACTORY, {Word_arg, 4096}), 0);
  CHECK(a.valid() && b.valid() && c.valid() && d.valid() && e.valid() && f.valid());
}

CASE("kernel-objects.md 1 objects", "unknown and absent types are -ENODEV")
{
  Slot slot;
  for (long type : {1L, 42L, -1L, -9L, -12345L, -26L, long(L4_PROTO_VM), long(L4_PROTO_DMA_SPACE),
                    long(L4_PROTO_VCPU_CONTEXT)})
    CHECK_LABEL(create(slot, type, {Word_arg, 0}), -L4_ENODEV);
  CHECK(!slot.valid());
}

CASE("kernel-objects.md 1 rights", "without S on the factory: -EPERM, before the arguments")
{
  Slot no_s, slot;
  CHECK_LABEL(map_object(env.task, no_s, factory(), L4_CAP_FPAGE_RW), 0);
  CHECK_LABEL(create(slot, L4_PROTO_SEMAPHORE, {}, {}, no_s), -L4_EPERM);
  CHECK_LABEL(create(slot, 42, {}, {}, no_s), -L4_EPERM);
  CHECK(!slot.valid());
}

CASE("kernel-objects.md 1 rights", "the new capability has R, W, S and D")
{
  Semaphore sem;
  CHECK_EQ(semaphore_down(sem).error(),
           L4_IPC_RETIMEOUT); // S
  Copy copy(sem);
  CHECK_EQ(cap_equal(env.task, sem, copy), 1);
  sem.remove(); // D: the object dies in all slots
  CHECK(!copy.valid());
}

CASE("kernel-objects.md 1 buffer",
     "no buffer, memory buffer, buffer without map bit: IPC error 0x09")
{
  Slot slot;
  auto const run = [&](l4_umword_t first, l4_umword_t second) {
    mr(0) = l4_umword_t(L4_PROTO_SEMAPHORE);
    set_buffers({first, second});
    Result const r = invoke(factory() | L4_SYSF_CALL, raw_tag(L4_PROTO_FACTORY, 1));
    no_buffers();
    return r.error();
  };
  CHECK_EQ(run(0, 0), L4_IPC_REMSGCUT);
  CHECK_EQ(run(L4_ITEM_MAP, memory_page(Free_range, 12, L4_FPAGE_RW)), L4_IPC_REMSGCUT);
  CHECK_EQ(run((slot & L4_FPAGE_ADDR_MASK) | 2, 0), L4_IPC_REMSGCUT);
  CHECK(!slot.valid());
}

CASE("kernel-objects.md 1 buffer", "a full object item is accepted; rcv_id and forward are ignored")
{
  Slot full, local;
  mr(0) = l4_umword_t(L4_PROTO_SEMAPHORE);
  set_buffers({L4_ITEM_MAP, object_page(full, 0)});
  CHECK_LABEL(invoke(factory() | L4_SYSF_CALL, raw_tag(L4_PROTO_FACTORY, 1)), 0);
  CHECK(full.valid());
  mr(0) = l4_umword_t(L4_PROTO_SEMAPHORE);
  buffer_for(local, L4_RCV_ITEM_LOCAL_ID);
  CHECK_LABEL(invoke(factory() | L4_SYSF_CALL, raw_tag(L4_PROTO_FACTORY, 1)), 0);
  no_buffers();
  CHECK(local.valid());
}

CASE("kernel-objects.md 1 buffer", "an index outside of the object space: -ENOMEM")
{
  mr(0) = l4_umword_t(L4_PROTO_SEMAPHORE);
  buffer_for(l4_umword_t(1) << 24 << L4_CAP_SHIFT);
  CHECK_LABEL(invoke(factory() | L4_SYSF_CALL, raw_tag(L4_PROTO_FACTORY, 1)), -L4_ENOMEM);
  no_buffers();
}

CASE("kernel-objects.md 1 send-only", "creates nothing and returns 0")
{
  Slot slot;
  mr(0) = l4_umword_t(L4_PROTO_SEMAPHORE);
  buffer_for(slot);
  Result const r = invoke(factory() | L4_SYSF_SEND, raw_tag(L4_PROTO_FACTORY, 1));
  no_buffers();
  CHECK_EQ(r.error(), 0);
  CHECK(!slot.valid());
}

CASE("kernel-objects.md 1 used slot", "the old object is destroyed if its slot has D")
{
  Slot slot, copy;
  CHECK_LABEL(create(slot, L4_PROTO_IRQ_SENDER), 0);
  CHECK_LABEL(map_object(env.task, copy, slot, L4_CAP_FPAGE_RWS), 0);
  CHECK_LABEL(create(slot, L4_PROTO_SEMAPHORE), 0);
  CHECK(!copy.valid());
  CHECK_EQ(semaphore_down(slot).error(), L4_IPC_RETIMEOUT);
}

CASE("kernel-objects.md 1 used slot", "without D only the slot is released")
{
  Irq irq;
  Copy slot(irq, L4_CAP_FPAGE_RWS);
  CHECK_LABEL(create(slot, L4_PROTO_SEMAPHORE), 0);
  CHECK(irq.valid());
  CHECK_EQ(cap_equal(env.task, irq, slot), 0);
}

CASE("kernel-objects.md 1 used slot", "a create that fails leaves the slot as it was")
{
  Irq irq;
  CHECK_LABEL(create(irq, 42), -L4_ENODEV);
  CHECK_LABEL(create(irq, L4_PROTO_FACTORY, {Word_arg, 0}), -L4_ENOMEM);
  CHECK(irq.valid());
  CHECK_LABEL(irq.bind(env.thread, 1), 0);
}

CASE("kernel-objects.md 1 gate", "bound at creation: label and thread are taken")
{
  Slot gate;
  CHECK_LABEL(create(gate, 0, {Word_arg, 0x9870}, {object(env.thread)}), 0);
  CHECK_LABEL(call(gate, L4_PROTO_KOBJECT, {L4_IPC_GATE_GET_INFO_OP}), 0);
  CHECK_EQ(mr(0), 0x9870);
}

CASE("kernel-objects.md 1 gate", "unbound: the label argument is ignored")
{
  Slot gate;
  CHECK_LABEL(create(gate, 0, {Word_arg, 0x9873}), 0);
  CHECK_LABEL(call(gate, L4_PROTO_KOBJECT, {L4_IPC_GATE_GET_INFO_OP}), 0);
  CHECK_EQ(mr(0), 0);
}

CASE("kernel-objects.md 1 gate", "errors in order: no thread, no S, too short, label bits")
{
  Slot slot, no_s;
  Semaphore sem;
  CHECK_LABEL(map_object(env.task, no_s, env.thread, L4_CAP_FPAGE_RW), 0);
  CHECK_LABEL(create(slot, 0, {Word_arg, 0x13}, {object(sem)}), -L4_EINVAL);
  CHECK_LABEL(create(slot, 0, {}, {object(no_s)}), -L4_EPERM);
  CHECK_LABEL(create(slot, 0, {Word_arg}, {object(env.thread)}), -L4_EMSGTOOSHORT);
  CHECK_LABEL(create(slot, 0, {Word_arg, 0x13}, {object(env.thread)}), -L4_EINVAL);
  CHECK_LABEL(create(slot, 0, {Word_arg, 0x10}, {memory(env.image, L4_PAGESHIFT, L4_FPAGE_RO)}),
              -L4_EINVAL);
  CHECK(!slot.valid());
}

CASE("kernel-objects.md 1 task", "with a kernel-user area: one result word, base rounded, rights 0")
{
  Slot slot;
  l4_addr_t const area = 0x7ffd00001000;
  Result const r = create(slot, L4_PROTO_TASK, {Fpage_arg, memory_page(area, 13, L4_FPAGE_RW)});
  CHECK_EQ(r.tag, raw_tag(0, 1, 1));
  CHECK_EQ(mr(0), memory_page(area & ~0x1fffUL, 13, 0));
  CHECK_EQ(mr(1), Return_item);
}

CASE("kernel-objects.md 1 task", "too few words, bad order, area above the user space: -EINVAL")
{
  Slot slot;
  CHECK_LABEL(create(slot, L4_PROTO_TASK, {}), -L4_EINVAL);
  CHECK_LABEL(create(slot, L4_PROTO_TASK, {Fpage_arg}), -L4_EINVAL);
  for (unsigned order : {0u, 11u, 18u, 40u})
    CHECK_LABEL(
        create(slot, L4_PROTO_TASK, {Fpage_arg, memory_page(0x7ffd00000000, order, L4_FPAGE_RW)}),
        -L4_EINVAL);
  CHECK_LABEL(
      create(slot, L4_PROTO_TASK, {Fpage_arg, memory_page(0x800000000000, 12, L4_FPAGE_RW)}),
      -L4_EINVAL);
  CHECK(!slot.valid());
}

CASE("kernel-objects.md 1 factory", "word counts: -EMSGTOOSHORT and -EMSGTOOLONG")
{
  Slot slot;
  CHECK_LABEL(create(slot, L4_PROTO_FACTORY, {}), -L4_EMSGTOOSHORT);
  CHECK_LABEL(create(slot, L4_PROTO_FACTORY, {Word_arg}), -L4_EMSGTOOSHORT);
  CHECK_LABEL(create(slot, L4_PROTO_FACTORY, {Word_arg, 4096, 0}), -L4_EMSGTOOLONG);
  CHECK_LABEL(create(slot, L4_PROTO_FACTORY, {Word_arg, 4096}, {object(env.thread)}),
              -L4_EMSGTOOLONG);
}

CASE("kernel-objects.md 1 factory",
     "a limit of 0, a huge one, or more than the parent has: -ENOMEM")
{
  Slot slot;
  CHECK_LABEL(create(slot, L4_PROTO_FACTORY, {Word_arg, 0}), -L4_ENOMEM);
  CHECK_LABEL(create(slot, L4_PROTO_FACTORY, {Word_arg, ~0UL >> 1}), -L4_ENOMEM);
  CHECK_LABEL(create(slot, L4_PROTO_FACTORY, {Word_arg, ~0UL}), -L4_ENOMEM);
  CHECK_LABEL(create(slot, L4_PROTO_FACTORY, {Word_arg, 1UL << 63}), -L4_ENOMEM);
  CHECK_LABEL(create(slot, L4_PROTO_FACTORY, {Word_arg, 1UL << 40}), -L4_ENOMEM);
  CHECK(!slot.valid());
}

CASE("kernel-objects.md 1 quota", "an exhausted factory says -ENOMEM and nobody else notices")
{
  Factory small(6000);
  Slot slots[64];
  unsigned made = 0;
  long last = 0;
  for (Slot &slot : slots) {
    last = create(slot, L4_PROTO_THREAD, {}, {}, small).checked_label();
    if (last) break;
    ++made;
  }
  CHECK_EQ(l4_uint64_t(last), l4_uint64_t(-L4_ENOMEM));
  CHECK_GE(made, 1);
  Raw_thread elsewhere;
  CHECK(elsewhere.valid());
}

CASE("kernel-objects.md 1 quota",
     "an object that fits exactly can be made, with a byte less it cannot")
{
  Factory measure(64 * 1024);
  l4_umword_t const before = free_quota(measure);
  Slot first, second, third;
  CHECK_LABEL(create(first, L4_PROTO_SEMAPHORE, {}, {}, measure), 0);
  l4_umword_t const bytes = before - free_quota(measure);
  Factory exact(bytes), small(bytes - 1);
  CHECK_LABEL(create(second, L4_PROTO_SEMAPHORE, {}, {}, small), -L4_ENOMEM);
  CHECK_LABEL(create(second, L4_PROTO_SEMAPHORE, {}, {}, exact), 0);
  CHECK_LABEL(create(third, L4_PROTO_SEMAPHORE, {}, {}, exact), -L4_ENOMEM);
  second.remove();
  sleep_us(1000);
  CHECK_LABEL(create(third, L4_PROTO_SEMAPHORE, {}, {}, exact), 0);
}

CASE("kernel-objects.md 1 quota", "deleted objects are refunded, to the byte")
{
  Factory small(20000);
  l4_umword_t const before = free_quota(small);
  {
    Slot a, b, c, d;
    CHECK_LABEL(create(a, L4_PROTO_THREAD, {}, {}, small), 0);
    CHECK_LABEL(create(b, L4_PROTO_SEMAPHORE, {}, {}, small), 0);
    CHECK_LABEL(create(c, L4_PROTO_IRQ_SENDER, {}, {}, small), 0);
    CHECK_LABEL(create(d, 0, {}, {}, small), 0);
    CHECK_LE(free_quota(small), before - 4 * 32);
  }
  l4_umword_t after = free_quota(small);
  for (unsigned i = 0; i < 20 && after != before; ++i) {
    sleep_us(10000);
    after = free_quota(small);
  }
  CHECK_EQ(after, before);
}

CASE("kernel-objects.md 1 quota", "a child is charged its limit up front and refunded when it dies")
{
  l4_umword_t const before = free_quota(factory());
  {
    Factory child(1 << 20);
    CHECK_LE(free_quota(factory()), before - (1 << 20));
  }
  sleep_us(20000);
  CHECK_EQ(free_quota(factory()), before);
}

CASE("kernel-objects.md 1 quota",
     "objects survive their factory; the parent is credited after them")
{
  l4_umword_t const before = free_quota(factory());
  {
    Slot sem;
    {
      Factory child(65536);
      CHECK_LABEL(create(sem, L4_PROTO_SEMAPHORE, {}, {}, child), 0);
    }
    sleep_us(20000);
    CHECK(sem.valid());
    CHECK_LE(free_quota(factory()), before - 65536);
  }
  sleep_us(20000);
  CHECK_EQ(free_quota(factory()), before);
}

CASE("kernel-objects.md 1 quota", "exhaustion in each creation leaks nothing")
{
  l4_umword_t const before = free_quota(factory());
  for (l4_umword_t limit = 64; limit < 16384; limit += 512) {
    Slot tiny, slot;
    if (!create(tiny, L4_PROTO_FACTORY, {Word_arg, limit}).ok()) continue;
    create(slot, L4_PROTO_TASK, {Fpage_arg, memory_page(0x7ffd00000000, 12, L4_FPAGE_RW)}, {},
           tiny);
    create(slot, L4_PROTO_THREAD, {}, {}, tiny);
  }
  sleep_us(20000);
  CHECK_EQ(free_quota(factory()), before);
}

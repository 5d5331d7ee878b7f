// SPDX-License-Identifier: MIT
// Rules that hold for every kernel object (kernel-objects.md section 0).
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/icu.h>
#include <l4/sys/platform_control.h>
#include <l4/sys/scheduler.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>
#include <l4/sys/vcon.h>

using namespace Tap;

namespace {
constexpr long Foreign_label = -99;
constexpr l4_umword_t Foreign_op = 0x7e;
} // namespace

CASE("kernel-objects.md 0 wrong label", "initial objects answer -EBADPROTO")
{
  CHECK_LABEL(call(env.task, Foreign_label, {0}), -L4_EBADPROTO);
  CHECK_LABEL(call(env.factory, Foreign_label, {0}), -L4_EBADPROTO);
  CHECK_LABEL(call(env.log, Foreign_label, {0}), -L4_EBADPROTO);
  CHECK_LABEL(call(env.icu, Foreign_label, {0}), -L4_EBADPROTO);
  CHECK_LABEL(call(env.scheduler, Foreign_label, {0}), -L4_EBADPROTO);
}

CASE("kernel-objects.md 0 wrong label", "IRQ objects and semaphores answer -EBADPROTO")
{
  Irq irq;
  Semaphore sem;
  CHECK_LABEL(call(irq, Foreign_label, {0}), -L4_EBADPROTO);
  CHECK_LABEL(call(sem, Foreign_label, {0}), -L4_EBADPROTO);
  CHECK_LABEL(call(sem, L4_PROTO_KOBJECT, {0}), -L4_EBADPROTO);
  CHECK_LABEL(call(sem, L4_PROTO_IRQ_SENDER, {1}), -L4_EBADPROTO);
}

CASE("kernel-objects.md 15", "the kernel does not answer the meta protocol")
{
  CHECK_LABEL(call(env.task, L4_PROTO_META, {0}), -L4_EBADPROTO);
  CHECK_LABEL(call(env.factory, L4_PROTO_META, {0}), -L4_EBADPROTO);
}

CASE("kernel-objects.md 0 unknown opcode", "-ENOSYS")
{
  CHECK_LABEL(call(env.task, L4_PROTO_TASK, {Foreign_op}), -L4_ENOSYS);
  CHECK_LABEL(call(env.log, L4_PROTO_LOG, {Foreign_op}), -L4_ENOSYS);
  CHECK_LABEL(call(env.scheduler, L4_PROTO_SCHEDULER, {Foreign_op}), -L4_ENOSYS);
  CHECK_LABEL(call(env.icu, L4_PROTO_IRQ, {Foreign_op}), -L4_ENOSYS);
  CHECK_LABEL(call(env.thread, L4_PROTO_THREAD, {Foreign_op}), -L4_ENOSYS);
}

CASE("kernel-objects.md 0 no words", "-EMSGTOOSHORT from objects with an opcode word")
{
  CHECK_LABEL(call(env.factory, L4_PROTO_FACTORY, {}), -L4_EMSGTOOSHORT);
  CHECK_LABEL(call(env.thread, L4_PROTO_THREAD, {}), -L4_EMSGTOOSHORT);
  CHECK_LABEL(call(env.icu, L4_PROTO_IRQ, {}), -L4_EMSGTOOSHORT);
  CHECK_LABEL(call(env.icu, L4_PROTO_PLATFORM_CTL, {}), -L4_EMSGTOOSHORT);
  CHECK_LABEL(call(env.scheduler, L4_PROTO_SCHEDULER, {}), -L4_EMSGTOOSHORT);
  CHECK_LABEL(call(env.log, L4_PROTO_LOG, {}), -L4_EMSGTOOSHORT);
}

CASE("kernel-objects.md 0 no words", "-EINVAL from gate, IRQ object and semaphore")
{
  Gate gate(env.thread, 0x1000);
  Irq irq;
  Semaphore sem;
  CHECK_LABEL(call(gate, L4_PROTO_KOBJECT, {}), -L4_EINVAL);
  CHECK_LABEL(call(irq, L4_PROTO_KOBJECT, {}), -L4_EINVAL);
  CHECK_LABEL(call(irq, L4_PROTO_IRQ_SENDER, {}), -L4_EINVAL);
  CHECK_LABEL(call(sem, L4_PROTO_SEMAPHORE, {}), -L4_EINVAL);
}

CASE("kernel-objects.md 0 reply tag", "flags are 0 and the words are as listed")
{
  Result const r =
      invoke(env.scheduler | L4_SYSF_CALL,
             compose(L4_PROTO_SCHEDULER, {L4_SCHEDULER_INFO_OP, 0}, {}, L4_MSGTAG_SCHEDULE));
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.flags(), 0);
  CHECK_EQ(r.words(), 3);
  CHECK_EQ(r.items(), 0);
}

CASE("kernel-objects.md 0 send-only",
     "the operation runs, the tag is the caller's, errors stay hidden")
{
  Slot slot;
  l4_umword_t const tag = compose(L4_PROTO_SCHEDULER, {Foreign_op});
  Result const r = invoke(env.scheduler | L4_SYSF_SEND, tag);
  CHECK(!r.failed());
  CHECK_EQ(r.tag, tag);
  l4_umword_t const wrong = compose(Foreign_label, {0, 0});
  Result const hidden = invoke(env.factory | L4_SYSF_SEND, wrong);
  CHECK(!hidden.failed());
  CHECK_EQ(hidden.tag, wrong);
}

CASE("kernel-objects.md 0 send-only",
     "a memory item as a capability argument is an IPC error all the same")
{
  Result const r = send(env.scheduler, L4_PROTO_SCHEDULER, {L4_SCHEDULER_RUN_THREAD_OP, 0, 1, 5, 0},
                        {memory(env.image, L4_PAGESHIFT, L4_FPAGE_RO)});
  CHECK_EQ(r.error(), L4_IPC_SEMSGCUT);
}

CASE("kernel-objects.md 0 send_and_wait",
     "an operation that answers returns at once, without a wait")
{
  l4_uint64_t const begin = now();
  Result const r = invoke(env.scheduler | L4_SYSF_SEND_AND_WAIT,
                          compose(L4_PROTO_SCHEDULER, {L4_SCHEDULER_INFO_OP, 0}));
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 3);
  CHECK_LE(now() - begin, 500000);
}

CASE("kernel-objects.md 0 receive-only",
     "other objects: nothing is executed, the receive times out")
{
  l4_uint64_t const begin = now();
  Result const r = receive(env.factory, pair(0, half(3000)));
  CHECK_EQ(r.error(), L4_IPC_RETIMEOUT);
  CHECK_GE(now() - begin, 3000);
  CHECK_EQ(receive(env.scheduler, Zero).error(), L4_IPC_RETIMEOUT);
  CHECK_EQ(receive(env.log, Zero).error(), L4_IPC_RETIMEOUT);
}

CASE("kernel-objects.md 0 unsuitable item", "missing, void, empty and foreign items are -EINVAL")
{
  Semaphore sem;
  Slot empty;
  auto const run = [](std::initializer_list<Item> items) {
    return call(env.scheduler, L4_PROTO_SCHEDULER, {L4_SCHEDULER_RUN_THREAD_OP, 0, 1, 5, 0}, items);
  };
  CHECK_LABEL(run({}), -L4_EINVAL);
  CHECK_LABEL(run({Item{0, object_page(env.thread)}}), -L4_EINVAL);
  CHECK_LABEL(run({object(empty)}), -L4_EINVAL);
  CHECK_LABEL(run({object(sem)}), -L4_EINVAL);
}

CASE("kernel-objects.md 0 unsuitable item", "memory, I/O and special flexpages are IPC error 0x08")
{
  auto const run = [](Item item) {
    return call(env.scheduler, L4_PROTO_SCHEDULER, {L4_SCHEDULER_RUN_THREAD_OP, 0, 1, 5, 0},
                {item});
  };
  CHECK_EQ(run(memory(env.image, L4_PAGESHIFT, L4_FPAGE_RO)).error(), L4_IPC_SEMSGCUT);
  CHECK_EQ(run({L4_ITEM_MAP, l4_iofpage(0x80, 0).raw}).error(), L4_IPC_SEMSGCUT);
  CHECK_EQ(run({L4_ITEM_MAP, l4_fpage_all().raw}).error(), L4_IPC_SEMSGCUT);
}

CASE("kernel-objects.md 0 unsuitable item", "a control word without the map bit is not inspected")
{
  Raw_thread thread;
  Result const r = call(env.scheduler, L4_PROTO_SCHEDULER, {L4_SCHEDULER_RUN_THREAD_OP, 0, 1, 5, 0},
                        {Item{0x1000, object_page(thread)}});
  CHECK_LABEL(r, 0);
}

CASE("kernel-entry.md 2 resolution", "an empty slot: error 0x04, tag 0x8000, no receive phase")
{
  Slot empty;
  l4_uint64_t const begin = now();
  Result const r = invoke(empty | L4_SYSF_CALL, raw_tag(77, 5));
  CHECK_EQ(r.tag, L4_MSGTAG_ERROR);
  CHECK_EQ(r.error(), L4_IPC_ENOT_EXISTENT);
  CHECK_LE(now() - begin, 500000);
  CHECK_EQ(invoke(empty | L4_SYSF_SEND, 0).error(), L4_IPC_ENOT_EXISTENT);
  CHECK_EQ(invoke(empty | L4_SYSF_RECV, 0).error(), L4_IPC_ENOT_EXISTENT);
  CHECK_EQ(invoke(empty | L4_SYSF_WAIT, 0).error(), L4_IPC_ENOT_EXISTENT);
  CHECK_EQ(invoke(empty | L4_SYSF_SEND_AND_WAIT, 0).error(), L4_IPC_ENOT_EXISTENT);
}

CASE("kernel-entry.md 2 object space", "index 0 is empty at first, larger indices behave as empty")
{
  CHECK_EQ(invoke(L4_SYSF_CALL, 0).error(), L4_IPC_ENOT_EXISTENT);
  l4_umword_t const beyond = l4_umword_t(1) << 20 << L4_CAP_SHIFT;
  CHECK_EQ(invoke(beyond | L4_SYSF_CALL, 0).error(), L4_IPC_ENOT_EXISTENT);
  l4_umword_t const far = 0x7ffffffffffff000;
  CHECK_EQ(invoke(far | L4_SYSF_CALL, 0).error(), L4_IPC_ENOT_EXISTENT);
}

CASE("ipc.md 5 code 0x04", "a selector without send and receive flag")
{
  CHECK_EQ(invoke(env.factory | L4_SYSF_NONE, 0).error(), L4_IPC_ENOT_EXISTENT);
  CHECK_EQ(invoke(Self | L4_SYSF_NONE, 0).error(), L4_IPC_ENOT_EXISTENT);
}

CASE("kernel-entry.md 1", "registers that the system call preserves")
{
  l4_umword_t changed;
  register l4_umword_t timeouts __asm__("r8") = Zero;
  l4_umword_t tag = 0, label = 0x1234, selector = Self | L4_SYSF_RECV;
  __asm__ volatile("push %%rbp\n"
                   "mov $0x1111, %%rbx\n mov $0x2222, %%rbp\n mov $0x9999, %%r9\n"
                   "mov $0xaaaa, %%r10\n mov $0xcccc, %%r12\n mov $0xdddd, %%r13\n"
                   "mov $0xeeee, %%r14\n"
                   "push %%rsp\n"
                   "syscall\n"
                   "pop %%rcx\n"
                   "xor %%rsp, %%rcx\n"
                   "xor $0x1111, %%rbx\n xor $0x2222, %%rbp\n xor $0x9999, %%r9\n"
                   "xor $0xaaaa, %%r10\n xor $0xcccc, %%r12\n xor $0xdddd, %%r13\n"
                   "xor $0xeeee, %%r14\n"
                   "or %%rbx, %%rcx\n or %%rbp, %%rcx\n or %%r9, %%rcx\n or %%r10, %%rcx\n"
                   "or %%r12, %%rcx\n or %%r13, %%rcx\n or %%r14, %%rcx\n"
                   "pop %%rbp\n"
                   : "=&c"(changed), "+a"(tag), "+S"(label), "+d"(selector), "+r"(timeouts)
                   :
                   : "rdi", "rbx", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "cc", "memory");
  l4_umword_t const r8 = timeouts; // calls may change the register itself
  CHECK_EQ(changed, 0);
  CHECK_EQ(r8, Zero);
  CHECK_EQ(label, 0x1234);
  CHECK_EQ(tag & L4_MSGTAG_ERROR, L4_MSGTAG_ERROR);
}

CASE("kernel-entry.md 5", "gs:0 holds the address of the UTCB")
{
  l4_umword_t self;
  __asm__ volatile("mov %%gs:0, %0" : "=r"(self));
  CHECK_EQ(self, 0x7fff000000);
  CHECK_EQ(*reinterpret_cast<l4_umword_t *>(self + 0x1f8), self);
}

CASE("ipc.md 1.3", "the error register is not cleared by a success")
{
  Slot empty;
  CHECK_EQ(invoke(empty | L4_SYSF_CALL, 0).error(), L4_IPC_ENOT_EXISTENT);
  CHECK_LABEL(call(env.scheduler, L4_PROTO_SCHEDULER, {L4_SCHEDULER_INFO_OP, 0}), 0);
  CHECK_EQ(l4_utcb_tcr()->error & L4_IPC_ERROR_MASK, L4_IPC_ENOT_EXISTENT);
}

CASE("kernel-objects.md 0 no words", "a task takes MR0 as the opcode whatever the tag says")
{
  mr(0) = Foreign_op;
  CHECK_LABEL(invoke(env.task | L4_SYSF_CALL, raw_tag(L4_PROTO_TASK, 0)), -L4_ENOSYS);
  mr(0) = L4_TASK_CAP_INFO_OP; // known, but without its words
  CHECK_LABEL(invoke(env.task | L4_SYSF_CALL, raw_tag(L4_PROTO_TASK, 0)), -L4_EINVAL);
}

CASE("kernel-objects.md 0 capability arguments",
     "rights of the slot count, those of the flexpage do not")
{
  Irq irq;
  CHECK_LABEL(call(irq, L4_PROTO_KOBJECT, {0x10, 1}, {object(env.thread, L4_CAP_FPAGE_R)}), 0);
  Copy no_s(env.thread, L4_CAP_FPAGE_RW);
  CHECK_LABEL(call(irq, L4_PROTO_KOBJECT, {0x10, 1}, {object(no_s, L4_CAP_FPAGE_RWS)}), -L4_EPERM);
}

CASE("kernel-objects.md 0 no reply",
     "a call of such an operation waits: for the IRQ object, or for oneself")
{
  Irq irq;
  Semaphore sem;
  CHECK_LABEL(irq.bind(env.thread, 0x1e9), 0);
  Result const own = call(irq, L4_PROTO_IRQ, {L4_IRQ_OP_TRIGGER}); // gets what it has triggered
  CHECK_EQ(own.error(), 0);
  CHECK_EQ(own.from, 0x1e9);
  CHECK_EQ(call(sem, L4_PROTO_IRQ, {L4_IRQ_OP_TRIGGER}, {}, Zero).error(), L4_IPC_RETIMEOUT);
  CHECK(!semaphore_down(sem, Zero).failed()); // it was done
}

CASE("kernel-objects.md 0 no reply", "send_and_wait goes on with an open wait")
{
  Irq irq, other;
  CHECK_LABEL(irq.bind(env.thread, 1), 0);
  CHECK_LABEL(other.bind(env.thread, 2), 0);
  CHECK(!other.trigger().failed());
  mr(0) = L4_IRQ_OP_EOI;
  Result const r = invoke(irq | L4_SYSF_SEND_AND_WAIT, raw_tag(L4_PROTO_IRQ, 1), Zero);
  CHECK_EQ(r.error(), 0);
  CHECK_EQ(r.from, 2);
}

CASE("kernel-objects.md 0 opcode width",
     "thread, IRQ object, semaphore, log: 16 bits; others: all of the word")
{
  constexpr l4_umword_t Above = 0xabc0000;
  Irq irq;
  Semaphore sem;
  CHECK_LABEL(call(env.thread, L4_PROTO_THREAD, {L4_THREAD_AMD64_GET_SEGMENT_INFO_OP | Above}), 0);
  CHECK_LABEL(irq.bind(env.thread, 5), 0);
  CHECK_EQ(call(irq, L4_PROTO_IRQ, {L4_IRQ_OP_TRIGGER | Above}, {}, Zero).from, 5);
  CHECK_LABEL(call(irq, L4_PROTO_IRQ_SENDER, {L4_IRQ_SENDER_OP_DETACH | Above}), 0);
  CHECK_EQ(call(sem, L4_PROTO_SEMAPHORE, {Above}, {}, Zero).error(), L4_IPC_RETIMEOUT);
  CHECK_LABEL(call(env.log, L4_PROTO_LOG, {L4_VCON_GET_ATTR_OP | Above}), 0);
  CHECK_LABEL(call(env.scheduler, L4_PROTO_SCHEDULER, {L4_SCHEDULER_INFO_OP | Above, 0}),
              -L4_ENOSYS);
  CHECK_LABEL(call(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_INFO | Above}), -L4_ENOSYS);
  CHECK_LABEL(call(env.task, L4_PROTO_TASK, {L4_TASK_CAP_INFO_OP | Above, 0}), -L4_ENOSYS);
}

CASE("kernel-objects.md 0 vararg headers", "are not looked at")
{
  Slot slot;
  CHECK_LABEL(create(slot, L4_PROTO_FACTORY, {0xdeadbeef, 4096}), 0);
}

CASE("kernel-objects.md 1 errors", "those of the arguments come before those of the quota")
{
  Factory empty(1);
  Slot slot;
  CHECK_LABEL(create(slot, L4_PROTO_SEMAPHORE, {}, {}, empty), -L4_ENOMEM);
  CHECK_LABEL(create(slot, 42, {}, {}, empty), -L4_ENODEV);
  CHECK_LABEL(create(slot, 0, {0, 0x13}, {object(env.thread)}, empty), -L4_EINVAL);
  CHECK_LABEL(create(slot, L4_PROTO_TASK, {0, memory_page(0x1000, 11, 0)}, {}, empty), -L4_EINVAL);
  CHECK_LABEL(create(slot, L4_PROTO_FACTORY, {0}, {}, empty), -L4_EMSGTOOSHORT);
}

// SPDX-License-Identifier: MIT
// vCPU mode: traps, faults and system calls of the guest, FPU, end of life (kernel-entry.md
// sections 9 and 10).
#include "patient.h"
#include "vcpu_lab.h"

#include <l4/libtap/probe.h>

#include <l4/sys/pf_trampoline.h>

using namespace Tap;

namespace {

constexpr unsigned Kernel = 0;
constexpr l4_addr_t Hole = Free_range + 0x80000000;

l4_umword_t volatile mark;

/// Guest code: no stack, no UTCB, only what it is made of.
[[gnu::naked]] void system_call()
{
  __asm__("mov $0xa1, %eax\n mov $0xd1, %edx\n mov $0x51, %esi\n mov $0xd2, %edi\n"
          "mov $0x81, %r8d\n mov $0x91, %r9d\n mov $0x101, %r10d\n mov $0xb1, %ebx\n"
          "mov $0xb2, %ebp\n mov $0x121, %r12d\n mov $0x151, %r15d\n"
          ".globl tap_vcpu_syscall\n tap_vcpu_syscall: syscall\n ud2");
}
extern "C" char tap_vcpu_syscall[];
[[gnu::naked]] void read_hole()
{
  __asm__("mov $0x100080000128, %rax\n mov (%rax), %rbx\n ud2");
}
[[gnu::naked]] void use_fpu()
{
  __asm__("movq %rax, %xmm3\n movq %xmm3, %rbx\n ud2");
}

} // namespace

CASE("kernel-entry.md 9 vCPU",
     "a system call in user mode: trap 253, err 0, all registers as they were")
{
  Guest_task task;
  Lab lab(system_call, User, task);
  REQUIRE(lab.finish());
  l4_vcpu_regs_t const &r = lab.entries[0].area.r;
  CHECK_EQ(r.trapno, 253);
  CHECK_EQ(r.err, 0);
  CHECK_EQ(r.ip, l4_umword_t(tap_vcpu_syscall));
  CHECK_EQ(r.ax, 0xa1);
  CHECK_EQ(r.dx, 0xd1);
  CHECK_EQ(r.si, 0x51);
  CHECK_EQ(r.di, 0xd2);
  CHECK_EQ(r.r8, 0x81);
  CHECK_EQ(r.cx, 0x81);
  CHECK_EQ(r.r9, 0x91);
  CHECK_EQ(r.r10, 0x101);
  CHECK_EQ(r.bx, 0xb1);
  CHECK_EQ(r.bp, 0xb2);
  CHECK_EQ(r.r12, 0x121);
  CHECK_EQ(r.r15, 0x151);
  CHECK_EQ(r.sp, lab.guest_stack_top() - 8);
}

CASE("kernel-entry.md 10 entry", "a system call in vCPU kernel mode is an ordinary one")
{
  Guest_task task;
  Lab lab(system_call, User, task);
  lab.stop_at = 2;
  lab.handle = [](Lab &l, Entry &) {
    mark = call(env.thread, L4_PROTO_THREAD, {L4_THREAD_AMD64_GET_SEGMENT_INFO_OP}).words();
    l.area().r.ip += 2;
  };
  mark = 0;
  REQUIRE(lab.finish());
  CHECK_EQ(mark, 3);
  CHECK_EQ(lab.entries[1].area.r.trapno, 6);
  CHECK_EQ(lab.entries[1].area.r.ip, l4_umword_t(tap_vcpu_syscall) + 2);
}

CASE("kernel-entry.md 10 entry", "a page fault in user mode: trap 14 with pfa and err")
{
  Guest_task task;
  Lab lab(read_hole, User, task);
  REQUIRE(lab.finish());
  l4_vcpu_regs_t const &r = lab.entries[0].area.r;
  CHECK_EQ(r.trapno, 14);
  CHECK_EQ(r.pfa, Hole + 0x128);
  CHECK_EQ(r.err, 4);
}

CASE("kernel-objects.md 3 vcpu_resume", "map items go into the user task")
{
  Guest_task task;
  *reinterpret_cast<l4_umword_t *>(env.scratch + 0x128) = 0x6e57;
  Lab lab(read_hole, User, task);
  lab.stop_at = 2;
  lab.handle = [](Lab &l, Entry &e) {
    l.item = memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW, e.area.r.pfa & L4_PAGEMASK);
  };
  REQUIRE(lab.finish());
  CHECK_EQ(lab.entries[1].area.r.trapno, 6);
  CHECK_EQ(lab.entries[1].area.r.bx, 0x6e57);
}

CASE("kernel-objects.md 3 vcpu_resume", "an item that is no map item: IPC error 0x08")
{
  Guest_task task;
  Lab lab(read_hole, User, task);
  lab.item = {0x1000, memory_page(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW)};
  REQUIRE(lab.finish());
  CHECK(lab.came_back);
  CHECK_EQ(lab.resumed.error(), L4_IPC_SEMSGCUT);
}

CASE("kernel-entry.md 10 entry", "kernel mode with PAGE_FAULTS: an upcall on the same stack")
{
  Lab lab(read_hole, Faults);
  REQUIRE(lab.finish());
  CHECK_EQ(lab.entries[0].area.r.trapno, 14);
  CHECK_EQ(lab.entries[0].area.r.pfa, Hole + 0x128);
  CHECK_EQ(lab.entries[0].sp, lab.guest_stack_top() - 8);
  CHECK_EQ(lab.entries[0].area.saved_state, Faults);
}

CASE("kernel-entry.md 10 entry", "kernel mode without the flags: messages to pager and handler")
{
  Lab lab(read_hole, Kernel);
  l4_umword_t const flags = L4_THREAD_CONTROL_SET_PAGER | L4_THREAD_CONTROL_SET_EXC_HANDLER;
  CHECK_LABEL(call(lab.cap(), L4_PROTO_THREAD, {flags, env.thread, env.thread, 0, 0, 0}), 0);
  lab.run();
  CHECK_EQ(wait(pair(0, half(500000))).label(), L4_PROTO_PAGE_FAULT);
  CHECK_EQ(mr(0), Hole + 0x128);
  CHECK(!reply(-1, {}).failed());
  CHECK_EQ(wait(pair(0, half(500000))).label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 14);
  CHECK_EQ(lab.count, 0);
}

CASE("kernel-objects.md 3 vcpu_resume", "FPU access in user mode follows FPU_ENABLED")
{
  Guest_task task;
  {
    Lab lab(use_fpu, User, task);
    lab.stop_at = 2;
    lab.area().r.ax = 0xf9;
    lab.handle = [](Lab &l, Entry &) {
      __asm__ volatile("movq %0, %%xmm5" : : "r"(0x5555UL) : "xmm5");
      l.area().saved_state |= L4_VCPU_F_FPU_ENABLED;
    };
    REQUIRE(lab.finish());
    CHECK_EQ(lab.entries[0].area.r.trapno, 7);
    CHECK_EQ(lab.entries[1].area.r.trapno, 6);
    CHECK_EQ(lab.entries[1].area.r.bx, 0xf9);
    CHECK_EQ(lab.entries[1].area.saved_state, User | All_upcalls | L4_VCPU_F_FPU_ENABLED);
  }
  // registers of the kernel mode survive a user mode without FPU, also when others use it meanwhile
  Lab lab(undefined, User, task);
  lab.stop_at = 3;
  lab.handle = [](Lab &l, Entry &) {
    l4_umword_t seen;
    __asm__ volatile("movq %%xmm6, %0" : "=r"(seen));
    if (l.count == 2) mark = seen;
    __asm__ volatile("movq %0, %%xmm6" : : "r"(0x6666UL) : "xmm6");
    sleep_us(300);
  };
  mark = 0;
  lab.run();
  __asm__ volatile("movq %0, %%xmm6" : : "r"(0x7777UL) : "xmm6");
  REQUIRE(lab.finished());
  CHECK_EQ(mark, 0x6666);
}

CASE("kernel-entry.md 10 entry", "an exception asked for by ex_regs: trap 0xff")
{
  Guest_task task;
  Lab lab(spin, User, task, Prio_low);
  REQUIRE(start_spinning(lab));
  CHECK_LABEL(ex_regs(lab.cap(), ~0UL, ~0UL, L4_THREAD_EX_REGS_TRIGGER_EXCEPTION), 0);
  REQUIRE(lab.finished());
  CHECK_EQ(lab.entries[0].area.r.trapno, 0xff);
  CHECK_EQ(lab.entries[0].area.r.err, 0);
}

CASE("style.md regression vCPU", "the user task is deleted while user mode runs in it")
{
  Guest_task task;
  Lab lab(spin, User, task, Prio_low);
  REQUIRE(start_spinning(lab));
  task.remove();
  REQUIRE(lab.finished());
  CHECK_EQ(lab.entries[0].area.r.trapno, 14);
}

CASE("style.md regression vCPU", "a thread dies in user mode: the task it cached is released")
{
  Guest_task task;
  {
    Lab lab(spin, User, task, Prio_low);
    REQUIRE(start_spinning(lab));
    task.remove();
  }
}

CASE("style.md regression vCPU", "a quota that does not hold what few threads keep: -ENOMEM")
{
  Irq irq;
  Factory bank(64 * 1024);
  Slot thread, rest;
  CHECK_LABEL(create(thread, L4_PROTO_THREAD, {}, {}, bank), 0);
  CHECK_LABEL(thread_bind(thread, env.task, spare_utcb()), 0);
  take_quota(bank, rest);
  CHECK_LABEL(vcpu_control(thread, spare_utcb()), -L4_ENOMEM);
  CHECK_LABEL(call(thread, L4_PROTO_THREAD, {L4_THREAD_PF_TRAMP_CONTROL_OP_SETUP, spare_utcb()}),
              -L4_ENOMEM);
  auto const register_irq = [&] {
    return call(thread, L4_PROTO_THREAD, {L4_THREAD_REGISTER_DELETE_IRQ_OP}, {object(irq)});
  };
  CHECK_LABEL(register_irq(), -L4_ENOMEM);
  rest.remove();
  CHECK_LABEL(vcpu_control(thread, spare_utcb()), 0);
  CHECK_LABEL(register_irq(), 0);
}

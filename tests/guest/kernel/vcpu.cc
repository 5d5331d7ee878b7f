// SPDX-License-Identifier: MIT
// vCPU mode (kernel-entry.md sections 9 and 10, kernel-objects.md section 3).
#include "patient.h"
#include "vcpu_lab.h"

using namespace Tap;

namespace {

constexpr unsigned Kernel = 0;
constexpr unsigned User = L4_VCPU_F_USER_MODE;
constexpr unsigned Irqs = L4_VCPU_F_IRQ, Faults = L4_VCPU_F_PAGE_FAULTS,
                   Exceptions = L4_VCPU_F_EXCEPTIONS;
constexpr unsigned All = Irqs | Faults | Exceptions;
constexpr l4_addr_t Hole = Free_range + 0x80000000;

l4_umword_t volatile mark, spinning;

/// Guest code: no stack, no UTCB, only what it is made of.
[[gnu::naked]] void undefined()
{
  __asm__("ud2");
}
[[gnu::naked]] void spin()
{
  __asm__("movq $1, %0\n 1: pause\n jmp 1b" : "=m"(spinning));
}
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

/// A task for guests.
struct Guest_task : Child_task {
  Guest_task() { CHECK_LABEL(share_image(), 0); }
};

Result resume_here()
{
  return call(Self, L4_PROTO_THREAD, {L4_THREAD_VCPU_RESUME_OP});
}

/// Start the lab's guest, which spins, and wait until it does.
bool start_spinning(Lab &lab)
{
  spinning = 0;
  lab.run();
  for (unsigned n = 0; !spinning && n < 200; ++n)
    sleep_us(200);
  return spinning;
}

} // namespace

// ---- vcpu_control -------------------------------------------------------------------------------

CASE("kernel-objects.md 3 vcpu_control", "the area: version 0x26, selectors, host bases; no right")
{
  Worker worker([](Worker &) {});
  Slot bare;
  CHECK_LABEL(task_map(env.task, env.task,
                       Item{bare | L4_ITEM_MAP, object_page(worker.cap(), L4_CAP_FPAGE_R)}),
              0);
  auto *area = reinterpret_cast<l4_vcpu_state_t *>(spare_utcb());
  __builtin_memset(area, 0xee, L4_VCPU_STATE_SIZE);
  CHECK_LABEL(vcpu_control(bare, spare_utcb()), 0);
  CHECK_EQ(area->version, L4_VCPU_STATE_VERSION);
  CHECK_EQ(area->arch_state.user_ds32, 0x23);
  CHECK_EQ(area->arch_state.user_cs64, 0x2b);
  CHECK_EQ(area->arch_state.user_cs32, 0x1b);
  CHECK_EQ(area->arch_state.host_fs_base, 0);
  CHECK_EQ(area->arch_state.host_gs_base, worker.utcb() + 0x1f8);
  CHECK_EQ(area->arch_state.host_ds, 0);
  CHECK_EQ(area->arch_state.host_gs, 0);
}

CASE("kernel-objects.md 3 vcpu_control", "may be repeated to move the area; half outside: -EINVAL")
{
  Worker worker([](Worker &) {});
  CHECK_LABEL(vcpu_control(worker.cap(), spare_utcb()), 0);
  CHECK_LABEL(vcpu_control(worker.cap(), spare_utcb() + 0x200), 0);
  CHECK_EQ(reinterpret_cast<l4_vcpu_state_t *>(spare_utcb() + 0x200)->version, 0x26);
  CHECK_LABEL(vcpu_control(worker.cap(), spare_utcb() + L4_UTCB_OFFSET - 0x190), -L4_EINVAL);
  CHECK_LABEL(vcpu_control(worker.cap(), spare_utcb() + L4_UTCB_OFFSET - 0x198), 0);
  Raw_thread unbound;
  CHECK_LABEL(vcpu_control(unbound, spare_utcb()), -L4_EINVAL);
}

CASE("kernel-objects.md 3 vcpu_control", "extended without virtualisation: -ENOSYS")
{
  Worker worker([](Worker &) {});
  CHECK_LABEL(vcpu_control(worker.cap(), spare_utcb(), 0x10000), -L4_ENOSYS);
  CHECK_LABEL(call(worker.cap(), L4_PROTO_THREAD, {L4_THREAD_VCPU_RESUME_OP}), -L4_EINVAL);
}

// ---- resume -------------------------------------------------------------------------------------

CASE("kernel-objects.md 3 vcpu_resume",
     "in kernel mode: the registers r are loaded, state := saved_state")
{
  Lab lab(undefined, Exceptions);
  lab.area().r.bx = 0x1b0b;
  lab.area().r.r15 = 0xf15;
  lab.area().r.di = 0xd1d1;
  lab.area().r.cx = 0xccc;
  REQUIRE(lab.finish());
  Entry const &e = lab.entries[0];
  CHECK_EQ(lab.count, 1);
  CHECK_EQ(e.area.r.trapno, 6);
  CHECK_EQ(e.area.r.bx, 0x1b0b);
  CHECK_EQ(e.area.r.r15, 0xf15);
  CHECK_EQ(e.area.r.di, 0xd1d1);
  CHECK_EQ(e.area.r.cx, 0xccc);
  CHECK_EQ(e.area.r.ip, l4_umword_t(undefined));
  CHECK_EQ(e.area.saved_state, Exceptions);
  CHECK_EQ(e.area.state, 0);
  CHECK(!lab.came_back);
}

CASE("kernel-entry.md 10 SP rule", "an entry from kernel mode stays on the interrupted stack")
{
  Lab lab(undefined, Exceptions);
  REQUIRE(lab.finish());
  CHECK_EQ(lab.entries[0].sp, lab.guest_stack_top() - 8);
  CHECK_EQ(lab.entries[0].area.r.sp, lab.guest_stack_top() - 8);
}

CASE("kernel-objects.md 3 vcpu_resume", "user mode: state gets IRQ, page faults, exceptions")
{
  Guest_task task;
  Lab lab(undefined, User, task);
  REQUIRE(lab.finish());
  Entry const &e = lab.entries[0];
  CHECK_EQ(e.area.saved_state, User | All);
  CHECK_EQ(e.area.state, 0);
  CHECK_EQ(e.area.r.trapno, 6);
  CHECK_EQ(e.area.r.ip, l4_umword_t(undefined));
}

CASE("kernel-entry.md 10 entry",
     "from user mode: entry_sp, rdi is the area, clean registers and flags")
{
  Guest_task task;
  Lab lab(undefined, User, task);
  lab.area().r.bx = lab.area().r.r13 = lab.area().r.r9 = ~0UL;
  lab.area().r.flags = 0x40cd7 | 0x3000; // DF, AC, arithmetic flags; IOPL must not come through
  REQUIRE(lab.finish());
  Entry const &e = lab.entries[0];
  CHECK_EQ(e.sp, lab.host_stack_top());
  CHECK_EQ(e.di, spare_utcb());
  CHECK_EQ(e.others, 0);
  CHECK_EQ(e.flags & 0x247700, 0x200); // IF; no TF, DF, IOPL, NT, AC, ID
  CHECK_EQ(e.cs & 0xffff, 0x2b);
  CHECK_EQ(e.ss & 0xffff, 0x23);
  CHECK_EQ(e.area.r.sp, lab.guest_stack_top() - 8);
  CHECK_EQ(e.area.r.bx, ~0UL);
  CHECK_EQ(e.area.r.flags & 0x43600, 0x40600);
}

CASE("kernel-entry.md 10 entry", "segment bases: the guest's go to r, the host's are loaded")
{
  Guest_task task;
  Lab lab(undefined, User, task);
  lab.area().r.fs_base = 0x123456000;
  lab.area().r.gs_base = 0x234567000;
  lab.area().arch_state.host_fs_base = 0x345678000;
  REQUIRE(lab.finish());
  Entry const &e = lab.entries[0];
  CHECK_EQ(e.area.r.fs_base, 0x123456000);
  CHECK_EQ(e.area.r.gs_base, 0x234567000);
  CHECK_EQ(e.fs_base, 0x345678000);
  CHECK_EQ(e.gs_base, lab.worker().utcb() + 0x1f8);
}

CASE("kernel-objects.md 3 vcpu_resume", "cs, ss, rflags and bases of r are made harmless")
{
  Guest_task task;
  Lab lab(undefined, User, task);
  lab.area().r.dummy1 = 0x08; // kernel code
  lab.area().r.ss = 0x10;
  lab.area().r.flags = ~0x100UL; // all but TF
  lab.area().r.ds = lab.area().r.es = 0x30;
  lab.area().r.fs_base = 0x8000000000000000;
  REQUIRE(lab.finish());
  Entry const &e = lab.entries[0];
  CHECK_EQ(e.area.r.trapno, 6);
  CHECK_EQ(e.area.r.dummy1 & 0xffff, 0x2b);
  CHECK_EQ(e.area.r.ss & 0xffff, 0x23);
  CHECK_EQ(e.area.r.flags & 0x7200, 0x200);
}

CASE("kernel-objects.md 3 vcpu_resume",
     "user mode without a user task: -ENOENT, state is overwritten")
{
  Lab lab(undefined, User);
  REQUIRE(lab.finish());
  CHECK(lab.came_back);
  CHECK_LABEL(lab.resumed, -L4_ENOENT);
  CHECK_EQ(lab.area().state, User | All);
}

CASE("kernel-objects.md 3 vcpu_resume", "an empty slot as user task: bit 0 set, then -ENOENT")
{
  Slot empty;
  Lab lab(undefined, User, empty);
  REQUIRE(lab.finish());
  CHECK_LABEL(lab.resumed, -L4_ENOENT);
  CHECK_EQ(lab.area().user_task, empty | 1);
}

CASE("kernel-objects.md 3 vcpu_resume", "a user task without S: -EPERM")
{
  Guest_task task;
  Slot no_s;
  CHECK_LABEL(
      task_map(env.task, env.task, Item{no_s | L4_ITEM_MAP, object_page(task, L4_CAP_FPAGE_RW)}),
      0);
  Lab lab(undefined, User, no_s);
  REQUIRE(lab.finish());
  CHECK_LABEL(lab.resumed, -L4_EPERM);
}

CASE("kernel-objects.md 3 vcpu_resume", "the user task is cached: bit 0; bits 8 drop it")
{
  Guest_task task;
  Lab lab(undefined, User, task);
  lab.stop_at = 9;
  lab.handle = [](Lab &l, Entry &e) {
    // first the slot's index no longer matters, then the cached task is dropped
    l.area().user_task = e.area.user_task & 1 && l.count == 1 ? 0x7ffff001 : 0x7ffff008;
  };
  REQUIRE(lab.finish());
  CHECK_EQ(lab.entries[0].area.user_task, task | 1);
  CHECK_EQ(lab.count, 2);
  CHECK_LABEL(lab.resumed, -L4_ENOENT);
}

CASE("kernel-objects.md 3 vcpu_resume", "only on the calling thread")
{
  Worker worker([](Worker &) {});
  CHECK_LABEL(vcpu_control(worker.cap(), spare_utcb()), 0);
  CHECK_LABEL(call(worker.cap(), L4_PROTO_THREAD, {L4_THREAD_VCPU_RESUME_OP}), -L4_EINVAL);
  CHECK_LABEL(resume_here(), -L4_EINVAL);
}

// ---- traps --------------------------------------------------------------------------------------

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
    CHECK_EQ(lab.entries[1].area.saved_state, User | All | L4_VCPU_F_FPU_ENABLED);
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

// ---- end of life --------------------------------------------------------------------------------

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

CASE("style.md regression vCPU", "a quota that does not hold the vCPU's bookkeeping: -ENOMEM")
{
  Factory tight(24 * 1024);
  Slot thread, filler[32];
  CHECK_LABEL(create(thread, L4_PROTO_THREAD, {}, {}, tight), 0);
  CHECK_LABEL(thread_bind(thread, env.task, spare_utcb()), 0);
  bool full = false;
  for (Slot &slot : filler)
    full = full || create(slot, L4_PROTO_IRQ, {}, {}, tight).checked_label() == -L4_ENOMEM;
  long const label = vcpu_control(thread, spare_utcb()).checked_label();
  CHECK(!full || label == 0 || label == -L4_ENOMEM);
}

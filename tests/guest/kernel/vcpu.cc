// SPDX-License-Identifier: MIT
// vCPU mode: the state area, and resume (kernel-objects.md section 3).
#include "patient.h"
#include "vcpu_lab.h"

using namespace Tap;

namespace {

Result resume_here()
{
  return call(Self, L4_PROTO_THREAD, {L4_THREAD_VCPU_RESUME_OP});
}

} // namespace

CASE("kernel-objects.md 3 vcpu_control", "the area: version 0x26, selectors, host bases; no right")
{
  Worker worker([](Worker &) {});
  Copy bare(worker.cap(), L4_CAP_FPAGE_R);
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
  CHECK_EQ(e.area.saved_state, User | All_upcalls);
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
  CHECK_EQ(lab.area().state, User | All_upcalls);
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
  Copy no_s(task, L4_CAP_FPAGE_RW);
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

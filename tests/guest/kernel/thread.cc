// SPDX-License-Identifier: MIT
// Thread objects: control, ex_regs, switch, times (kernel-objects.md section 3).
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/task.h>
#include <l4/sys/thread.h>

using namespace Tap;

namespace {

constexpr l4_umword_t Keep = ~0UL;
constexpr l4_umword_t Set_pager = L4_THREAD_CONTROL_SET_PAGER;
constexpr l4_umword_t Set_handler = L4_THREAD_CONTROL_SET_EXC_HANDLER;
constexpr l4_umword_t Bind = L4_THREAD_CONTROL_BIND_TASK;

Result control(l4_cap_idx_t thread, l4_umword_t flags, l4_umword_t pager = 0,
               l4_umword_t handler = 0)
{
  return call(thread, L4_PROTO_THREAD, {flags, pager, handler, 0, 0, 0});
}

Result bind_to(l4_cap_idx_t thread, l4_cap_idx_t task, l4_addr_t utcb)
{
  return call(thread, L4_PROTO_THREAD, {Bind, 0, 0, 0, 0, utcb}, {object(task)});
}

Result operation(l4_cap_idx_t thread, std::initializer_list<l4_umword_t> words)
{
  return call(thread, L4_PROTO_THREAD, words);
}

} // namespace

CASE("kernel-objects.md 3 control", "flags 0 queries pager and exception handler, 3 words")
{
  Raw_thread thread;
  CHECK_LABEL(control(thread, Set_pager | Set_handler, 0x5000, 0x7000), 0);
  Result const r = control(thread, 0);
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 3);
  CHECK_EQ(mr(1), 0x5000);
  CHECK_EQ(mr(2), 0x7000);
}

CASE("kernel-objects.md 3 control", "answers the old selectors, low 12 bits 0; MR0 unchanged")
{
  Raw_thread thread;
  CHECK_LABEL(control(thread, Set_pager, 0x5aaa), 0);
  CHECK_LABEL(control(thread, Set_pager, 0x9000), 0);
  CHECK_EQ(mr(0), Set_pager);
  CHECK_EQ(mr(1), 0x5000);
  CHECK_LABEL(control(thread, Set_handler, 0xffff000, 0x3000), 0);
  CHECK_EQ(mr(1), 0x9000);
  CHECK_LABEL(control(thread, 0), 0);
  CHECK_EQ(mr(1), 0x9000);
  CHECK_EQ(mr(2), 0x3000);
}

CASE("kernel-objects.md 3 control", "needs S: -EPERM; fewer than 6 words: -EINVAL")
{
  Raw_thread thread;
  Copy no_s(thread, L4_CAP_FPAGE_RW);
  CHECK_LABEL(control(no_s, 0), -L4_EPERM);
  CHECK_LABEL(operation(thread, {0, 0, 0, 0, 0}), -L4_EINVAL);
}

CASE("kernel-objects.md 3 bind", "no task item: -EINVAL; no S on the task: -EPERM")
{
  Raw_thread thread;
  Child_task task;
  Copy no_s(task, L4_CAP_FPAGE_RW);
  CHECK_LABEL(control(thread, Bind), -L4_EINVAL);
  CHECK_LABEL(bind_to(thread, no_s, Child_task::Utcbs), -L4_EPERM);
  CHECK_LABEL(bind_to(thread, env.thread, Child_task::Utcbs), -L4_EINVAL);
  CHECK_LABEL(bind_to(thread, task, Child_task::Utcbs), 0);
}

CASE("kernel-objects.md 3 bind", "UTCB misaligned, outside or half outside of the area: -EINVAL")
{
  constexpr l4_addr_t Area = 1ul << Child_task::Utcbs_order;
  Raw_thread thread;
  Child_task task;
  CHECK_LABEL(bind_to(thread, task, Child_task::Utcbs + 4), -L4_EINVAL);
  CHECK_LABEL(bind_to(thread, task, 0), -L4_EINVAL);
  CHECK_LABEL(bind_to(thread, task, Child_task::Utcbs + Area), -L4_EINVAL);
  CHECK_LABEL(bind_to(thread, task, Child_task::Utcbs + Area - 8), -L4_EINVAL);
  CHECK_LABEL(bind_to(thread, task, Child_task::Utcbs - L4_UTCB_OFFSET), -L4_EINVAL);
  CHECK_LABEL(bind_to(thread, task, Child_task::Utcbs + 3 * L4_UTCB_OFFSET), 0);
}

CASE("kernel-objects.md 3 bind", "a thread cannot be bound twice: -EINVAL, and nothing changes")
{
  Raw_thread thread;
  Child_task task;
  CHECK_LABEL(bind_to(thread, task, Child_task::Utcbs), 0);
  CHECK_LABEL(control(thread, Set_pager, 0x4000), 0);
  CHECK_LABEL(call(thread, L4_PROTO_THREAD, {Bind | Set_pager, 0x8000, 0, 0, 0, Child_task::Utcbs},
                   {object(task)}),
              -L4_EINVAL);
  CHECK_LABEL(control(thread, 0), 0);
  CHECK_EQ(mr(1), 0x4000);
}

CASE("kernel-objects.md 3 ex_regs", "a new thread: old values 0x202, 0, 0, three words")
{
  Worker worker([](Worker &) {});
  Result const r = ex_regs(worker.cap(), Keep, Keep);
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 3);
  CHECK_EQ(mr(0), 0x202);
  CHECK_EQ(mr(1), 0);
  CHECK_EQ(mr(2), 0);
}

CASE("kernel-objects.md 3 ex_regs", "other word counts and architecture flags: -EINVAL")
{
  Worker worker([](Worker &) {});
  CHECK_LABEL(operation(worker.cap(), {L4_THREAD_EX_REGS_OP, Keep}), -L4_EINVAL);
  CHECK_LABEL(operation(worker.cap(), {L4_THREAD_EX_REGS_OP, Keep, Keep, 0}), -L4_EINVAL);
  CHECK_LABEL(ex_regs(worker.cap(), Keep, Keep, 0x1000000), -L4_EINVAL);
  CHECK_LABEL(ex_regs(worker.cap(), Keep, Keep, 0x80000000), -L4_EINVAL);
}

CASE("kernel-objects.md 3 ex_regs", "moves a running thread; ~0 keeps a value")
{
  static l4_umword_t volatile counter, stop;
  counter = 0;
  stop = 0;
  Worker worker(
      [](Worker &) {
        while (!stop)
          counter = counter + 1;
      },
      nullptr, Prio_low);
  worker.start();
  sleep_us(2000);
  CHECK_LABEL(ex_regs(worker.cap(), Keep, Keep), 0);
  CHECK_GE(mr(1), env.image);
  CHECK_LE(mr(1), env.image_end);
  CHECK_GE(worker.stack_top(), mr(2));
  l4_umword_t const before = counter;
  sleep_us(2000);
  CHECK_NE(counter, before);
  stop = 1;
  CHECK(worker.finished());
}

CASE("kernel-objects.md 3 ex_regs", "new ip and sp apply to a thread blocked in IPC when cancelled")
{
  static l4_umword_t volatile reached;
  reached = 0;
  struct Landing {
    [[noreturn]] static void pad()
    {
      reached = 1;
      for (;;)
        invoke(Self | L4_SYSF_RECV, 0, Never);
    }
  };
  Worker worker([](Worker &) { wait(Never); });
  worker.start();
  CHECK_LABEL(ex_regs(worker.cap(), l4_umword_t(&Landing::pad), worker.stack_top() - 8,
                      L4_THREAD_EX_REGS_CANCEL),
              0);
  sleep_us(1000);
  CHECK_EQ(reached, 1);
}

CASE("kernel-objects.md 3 ex_regs", "without cancel a blocked thread stays blocked")
{
  Worker worker([](Worker &me) { me.result = wait(); });
  worker.start();
  CHECK_LABEL(ex_regs(worker.cap(), Keep, Keep), 0);
  sleep_us(2000);
  CHECK(!worker.done());
  CHECK(!send(worker.cap(), 0, {}, {}, Zero).failed());
  CHECK(worker.finished());
}

CASE("kernel-entry.md 7", "initial registers of a new thread")
{
  static l4_umword_t volatile regs[20];
  struct Start {
    [[gnu::naked]] static void pad()
    {
      __asm__ volatile("mov %%rax, %0\n mov %%rbx, 8+%0\n mov %%rcx, 16+%0\n mov %%rdx, 24+%0\n"
                       "mov %%rsi, 32+%0\n mov %%rdi, 40+%0\n mov %%rbp, 48+%0\n"
                       "mov %%r8, 56+%0\n mov %%r9, 64+%0\n mov %%r10, 72+%0\n"
                       "mov %%r11, 80+%0\n mov %%r12, 88+%0\n mov %%r13, 96+%0\n"
                       "mov %%r14, 104+%0\n mov %%r15, 112+%0\n"
                       "mov %%rsp, 120+%0\n pushfq\n pop %%rax\n mov %%rax, 128+%0\n"
                       "mov %%cs, %%eax\n mov %%rax, 136+%0\n mov %%ss, %%eax\n"
                       "mov %%rax, 144+%0\n movq $1, 152+%0\n"
                       "1: jmp 1b\n"
                       : "=m"(regs));
    }
  };
  for (auto volatile &r : regs)
    r = 0x77;
  regs[19] = 0;
  Worker worker([](Worker &) {}, nullptr, Prio_low);
  l4_umword_t const sp = worker.stack_top() - 64;
  CHECK_LABEL(ex_regs(worker.cap(), l4_umword_t(&Start::pad), sp), 0);
  sleep_us(2000);
  REQUIRE(regs[19] == 1);
  for (unsigned i = 0; i < 15; ++i)
    CHECK_EQ(regs[i], 0);
  CHECK_EQ(regs[15], sp);
  CHECK_EQ(regs[16] & 0x203202, 0x202); // IF set, IOPL 0, reserved bit 1
  CHECK_EQ(regs[17], 0x2b);
  CHECK_EQ(regs[18], 0x23);
}

CASE("kernel-entry.md 5", "the UTCB's self pointer is written at bind time")
{
  Worker worker([](Worker &me) { me.value[0] = l4_umword_t(l4_utcb()); });
  CHECK_EQ(*reinterpret_cast<l4_umword_t *>(worker.utcb() + 0x1f8), worker.utcb());
  worker.start();
  CHECK(worker.finished());
  CHECK_EQ(worker.value[0], worker.utcb());
}

CASE("kernel-objects.md 3 switch", "a ready thread of lower priority runs on the caller's slice")
{
  Worker low([](Worker &me) { me.value[0] = 1; }, nullptr, Prio_low);
  low.start();
  CHECK_EQ(low.value[0], 0);
  CHECK_LABEL(operation(low.cap(), {L4_THREAD_SWITCH_OP}), 0);
  CHECK_EQ(low.value[0], 1);
}

CASE("kernel-objects.md 3 switch", "to a blocked thread: label 0, nothing happens")
{
  Worker blocked([](Worker &) { sleep_us(100000); });
  blocked.start();
  CHECK_LABEL(operation(blocked.cap(), {L4_THREAD_SWITCH_OP}), 0);
}

CASE("kernel-objects.md 3 stats_time", "consumed time in microseconds, 1 word, it grows")
{
  Result const r = operation(env.thread, {L4_THREAD_STATS_OP});
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 1);
  l4_umword_t const before = mr(0);
  l4_uint64_t const until = now() + 20000;
  while (now() < until) {
  }
  CHECK_LABEL(operation(env.thread, {L4_THREAD_STATS_OP}), 0);
  CHECK_GE(mr(0), before + 1000);
}

CASE("kernel-objects.md 3 stats_time", "a sleeper consumes next to nothing")
{
  Worker sleeper([](Worker &) { sleep_us(50000); });
  sleeper.start();
  sleep_us(20000);
  CHECK_LABEL(operation(sleeper.cap(), {L4_THREAD_STATS_OP}), 0);
  CHECK_LE(mr(0), 5000);
}

CASE("kernel-objects.md 3 label", "any other label is IPC to the thread")
{
  Worker receiver([](Worker &me) { me.result = wait(); });
  receiver.start();
  CHECK(!send(receiver.cap(), L4_PROTO_TASK, {1}).failed());
  REQUIRE(receiver.finished());
  CHECK_EQ(receiver.result.label(), L4_PROTO_TASK);
}

CASE("kernel-objects.md 3 label", "only control needs a right")
{
  Worker worker([](Worker &) {});
  Copy bare(worker.cap(), L4_CAP_FPAGE_R);
  CHECK_LABEL(operation(bare, {L4_THREAD_STATS_OP}), 0);
  CHECK_LABEL(operation(bare, {L4_THREAD_SWITCH_OP}), 0);
  CHECK_LABEL(control(bare, 0), -L4_EPERM);
}

CASE("kernel-objects.md 3 vcpu_resume", "without vCPU mode, or on another thread: -EINVAL")
{
  Worker worker([](Worker &) {});
  CHECK_LABEL(operation(env.thread, {L4_THREAD_VCPU_RESUME_OP}), -L4_EINVAL);
  CHECK_LABEL(operation(worker.cap(), {L4_THREAD_VCPU_RESUME_OP}), -L4_EINVAL);
}

CASE("kernel-objects.md 3 vcpu_control", "area missing, 0, misaligned or outside: -EINVAL")
{
  Worker worker([](Worker &) {});
  l4_cap_idx_t const t = worker.cap();
  SKIP_IF_ABSENT(operation(t, {L4_THREAD_VCPU_CONTROL_OP}), "vCPU mode");
  CHECK_LABEL(operation(t, {L4_THREAD_VCPU_CONTROL_OP}), -L4_EINVAL);
  CHECK_LABEL(operation(t, {L4_THREAD_VCPU_CONTROL_OP, 0}), -L4_EINVAL);
  CHECK_LABEL(operation(t, {L4_THREAD_VCPU_CONTROL_OP, env.utcb_area + 4}), -L4_EINVAL);
  CHECK_LABEL(operation(t, {L4_THREAD_VCPU_CONTROL_OP, env.scratch}), -L4_EINVAL);
}

CASE("kernel-objects.md 3 doorbell", "register_doorbell_irq is -ENOSYS on amd64")
{
  Irq irq;
  CHECK_LABEL(call(env.thread, L4_PROTO_THREAD, {8}, {object(irq)}), -L4_ENOSYS);
}

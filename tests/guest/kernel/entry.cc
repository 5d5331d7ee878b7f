// SPDX-License-Identifier: MIT
// The way in and out of the kernel: which registers survive it, what user mode can do to disturb
// it, and that nothing of one thread shows up in another (kernel-entry.md sections 1, 6, 7; amd64).
#include "patient.h"

#include <l4/sys/task.h>

using namespace Tap;

namespace {

/// Registers around one system call, in the order of `system_call` below.
struct Registers {
  l4_umword_t rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15, flags;
};

/// Load all registers, do a system call, store all registers. The caller chooses rax, rdx, rsi, r8.
void system_call(Registers &r)
{
  __asm__ volatile("push %%rbp\n"
                   "push %%rax\n"
                   "mov 0x30(%%rax), %%rbp\n mov 0x08(%%rax), %%rbx\n mov 0x18(%%rax), %%rdx\n"
                   "mov 0x20(%%rax), %%rsi\n mov 0x28(%%rax), %%rdi\n mov 0x38(%%rax), %%r8\n"
                   "mov 0x40(%%rax), %%r9\n mov 0x48(%%rax), %%r10\n mov 0x58(%%rax), %%r12\n"
                   "mov 0x60(%%rax), %%r13\n mov 0x68(%%rax), %%r14\n mov 0x70(%%rax), %%r15\n"
                   "push 0x78(%%rax)\n popfq\n"
                   "mov (%%rax), %%rax\n"
                   "syscall\n"
                   "push %%rax\n pushfq\n"
                   "mov 0x10(%%rsp), %%rax\n"
                   "pop 0x78(%%rax)\n pop (%%rax)\n"
                   "push $0x202\n popfq\n"
                   "mov %%rbp, 0x30(%%rax)\n mov %%rbx, 0x08(%%rax)\n mov %%rdx, 0x18(%%rax)\n"
                   "mov %%rsi, 0x20(%%rax)\n mov %%rdi, 0x28(%%rax)\n mov %%r8, 0x38(%%rax)\n"
                   "mov %%r9, 0x40(%%rax)\n mov %%r10, 0x48(%%rax)\n mov %%r12, 0x58(%%rax)\n"
                   "mov %%r13, 0x60(%%rax)\n mov %%r14, 0x68(%%rax)\n mov %%r15, 0x70(%%rax)\n"
                   "mov %%rcx, 0x10(%%rax)\n mov %%r11, 0x50(%%rax)\n"
                   "pop %%rax\n pop %%rbp\n"
                   :
                   : "a"(&r)
                   : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
                     "r14", "r15", "memory", "cc");
}

constexpr l4_umword_t Pattern = 0x0123456789ab0000;
constexpr l4_umword_t Flags = 0x202;

/// A receive from oneself that ends after `us`.
Registers sleep_registers(l4_umword_t us, l4_umword_t pattern = Pattern)
{
  return {.rax = 0,
          .rbx = pattern | 1,
          .rcx = 0,
          .rdx = Self | L4_SYSF_RECV,
          .rsi = pattern | 2,
          .rdi = pattern | 3,
          .rbp = pattern | 4,
          .r8 = pair(0, half(us)),
          .r9 = pattern | 5,
          .r10 = pattern | 6,
          .r11 = 0,
          .r12 = pattern | 7,
          .r13 = pattern | 8,
          .r14 = pattern | 9,
          .r15 = pattern | 10,
          .flags = Flags};
}

/// The registers that a system call must not change.
bool are_preserved(Registers const &before, Registers const &after)
{
  return before.rbx == after.rbx && before.rbp == after.rbp && before.r8 == after.r8 &&
         before.r9 == after.r9 && before.r10 == after.r10 && before.r12 == after.r12 &&
         before.r13 == after.r13 && before.r14 == after.r14;
}

bool is_kernel_address(l4_umword_t value)
{
  return value >> 47 == 0x1ffff && value < Self - 0x1000;
}

bool shows_kernel(Registers const &r)
{
  l4_umword_t const words[] = {r.rax, r.rcx, r.rdx, r.rsi, r.rdi, r.r11, r.r15};
  for (l4_umword_t w : words)
    if (is_kernel_address(w)) return true;
  return false;
}

l4_umword_t read_gs_self()
{
  l4_umword_t self;
  __asm__ volatile("mov %%gs:0, %0" : "=r"(self));
  return self;
}

} // namespace

CASE("kernel-entry.md 1", "a system call that fails at once preserves what the table says")
{
  Registers r = sleep_registers(0), before = r;
  r.rdx = Self; // no operation
  system_call(r);
  CHECK(are_preserved(before, r));
  CHECK(!shows_kernel(r));
}

CASE("kernel-entry.md 1",
     "so does one that only looks something up, and one that finds the slot empty")
{
  constexpr auto tag = [](long label, unsigned words) {
    return l4_umword_t(l4_msgtag(label, words, 0, 0).raw);
  };
  l4_umword_t const cap_info = tag(L4_PROTO_TASK, 2), control = tag(L4_PROTO_THREAD, 6);
  constexpr l4_umword_t Nothing = l4_umword_t{60000} << L4_CAP_SHIFT;
  constexpr l4_umword_t Behind = l4_umword_t{1} << 40; // far behind the last slot
  struct {
    l4_umword_t selector, tag, mr0, mr1, result;
  } const calls[] = {
      {env.task, cap_info, L4_TASK_CAP_INFO_OP, env.thread, 0x10000},
      {env.task, cap_info, L4_TASK_CAP_INFO_OP, env.thread | 0x3ff, 0x10000},
      {env.task, cap_info, L4_TASK_CAP_INFO_OP, env.thread | 0x800, 0},
      {env.task, cap_info, L4_TASK_CAP_INFO_OP, Nothing, 0},
      {env.task, cap_info, L4_TASK_CAP_INFO_OP, Behind, 0},
      {env.thread, control, 0, env.thread, 3},
      {env.thread, tag(L4_PROTO_THREAD, 7), 0, env.thread, 3},
      {env.thread, tag(L4_PROTO_THREAD, 3), L4_THREAD_STATS_OP, 0, 1},
      {Nothing, 0, 0, 0, 0x8000},
      {Nothing, control, 0, 0, 0x8000},
      {Behind, 0, 0, 0, 0x8000},
  };
  for (auto const &call : calls) {
    Registers before = sleep_registers(0);
    before.rax = call.tag;
    before.rdx = call.selector | L4_SYSF_CALL;
    before.r8 = 0;
    mr(0) = call.mr0;
    mr(1) = call.mr1;
    Registers after = before;
    system_call(after);
    CHECK_EQ(after.rax, call.result);
    CHECK(are_preserved(before, after));
    CHECK_EQ(after.rsi, before.rsi);
    CHECK_EQ(after.flags & ~0xffUL, before.flags & ~0xffUL);
    CHECK(!shows_kernel(after));
  }
}

CASE("kernel-entry.md 1", "a system call that blocks preserves the same, whatever ran meanwhile")
{
  Worker other(
      [](Worker &me) {
        while (!me.value[0]) {
          Registers r = sleep_registers(50, 0x7777777777770000);
          system_call(r);
        }
      },
      nullptr, Prio_main);
  other.start();
  bool preserved = true, clean = true;
  for (unsigned i = 0; i < 50; ++i) {
    Registers r = sleep_registers(70), before = r;
    system_call(r);
    preserved = preserved && are_preserved(before, r);
    clean = clean && !shows_kernel(r);
  }
  other.value[0] = 1;
  CHECK(preserved);
  CHECK(clean);
  CHECK(other.finished());
}

CASE("kernel-entry.md 1", "flags are restored, also those that the kernel must not run with")
{
  constexpr l4_umword_t Direction = 0x400, Alignment = 0x40000, Identification = 0x200000;
  for (l4_umword_t us : {l4_umword_t(0), l4_umword_t(100)}) {
    Registers r = sleep_registers(us);
    r.flags |= Direction | Alignment | Identification;
    system_call(r);
    CHECK_EQ(r.flags & (Direction | Alignment | Identification | Flags),
             Direction | Alignment | Identification | Flags);
  }
}

CASE("kernel-entry.md 7", "segment bases belong to the thread, any canonical value")
{
  auto const body = [](Worker &me) {
    l4_umword_t const base = me.data<l4_umword_t>();
    l4_umword_t fs, gs;
    bool right = true;
    for (unsigned i = 0; i < 20; ++i) {
      __asm__ volatile("wrfsbase %0" : : "r"(base + i));
      sleep_us(20);
      __asm__ volatile("rdfsbase %0\n rdgsbase %1" : "=r"(fs), "=r"(gs));
      right = right && fs == base + i && gs == me.utcb() + 0x1f8 && read_gs_self() == me.utcb();
    }
    me.value[0] = right;
  };
  l4_umword_t a = 0x111100000000, b = 0xffff900000000000; // a kernel address is only a number here
  Worker one(body, &a, Prio_main), two(body, &b, Prio_main);
  one.start();
  two.start();
  REQUIRE(one.finished() && two.finished());
  CHECK_EQ(one.value[0], 1);
  CHECK_EQ(two.value[0], 1);
}

CASE("kernel-entry.md 1", "data selectors: DS and ES of one thread never reach another")
{
  // 0x2b is a readable code segment, 0 the null selector: both may be loaded, neither is initial.
  Worker odd(
      [](Worker &me) {
        __asm__ volatile("mov %0, %%ds\n mov %1, %%es" : : "r"(0x2b), "r"(0));
        while (!me.value[0])
          sleep_us(10);
        unsigned ds, es;
        __asm__ volatile("mov %%ds, %0\n mov %%es, %1" : "=r"(ds), "=r"(es));
        me.value[1] = ds;
        me.value[2] = es;
      },
      nullptr, Prio_main);
  odd.start();
  unsigned wrong = 0;
  for (unsigned i = 0; i < 20; ++i) {
    sleep_us(10);
    unsigned ds, es;
    __asm__ volatile("mov %%ds, %0\n mov %%es, %1" : "=r"(ds), "=r"(es));
    wrong += ds != 0x23 || es != 0x23;
  }
  odd.value[0] = 1;
  REQUIRE(odd.finished());
  CHECK_EQ(wrong, 0);
  CHECK_EQ(odd.value[1], 0x2b);
  CHECK_EQ(odd.value[2], 0);
}

CASE("kernel-entry.md 7", "preemption changes no register, no flag and no FPU state")
{
  struct Spinner {
    static void body(Worker &me)
    {
      l4_umword_t const mine = me.data<l4_umword_t>();
      unsigned const csr = mine & 1 ? 0x1f80 : 0x7f80; // rounding mode differs
      l4_umword_t wrong = 0;
      __asm__ volatile("ldmxcsr %0" : : "m"(csr));
      for (unsigned i = 0; i < 3000000 && !me.value[0]; ++i) {
        l4_umword_t back = mine;
        unsigned csr_now;
        __asm__ volatile("movq %0, %%xmm3\n mov %0, %%r9\n mov %0, %%r15\n mov %0, %%rcx\n std\n"
                         "pause\n nop\n pause\n nop\n"
                         "cld\n"
                         "xor %%r9, %%r15\n xor %0, %%rcx\n or %%r15, %%rcx\n"
                         "movq %%xmm3, %0\n xor %0, %%r9\n or %%rcx, %%r9\n mov %%r9, %0\n"
                         "stmxcsr %1"
                         : "+r"(back), "=m"(csr_now)
                         :
                         : "rcx", "r9", "r15", "xmm3", "cc");
        wrong |= back | (csr_now ^ csr);
      }
      me.value[1] = wrong;
    }
  };
  l4_umword_t a = 0xaaaa5555aaaa5555, b = 0x123456789abcdef0;
  Worker one(Spinner::body, &a, Prio_low), two(Spinner::body, &b, Prio_low);
  CHECK_LABEL(run_thread(one.cap(), Prio_low, 1000), 0);
  CHECK_LABEL(run_thread(two.cap(), Prio_low, 1000), 0);
  one.start();
  two.start();
  sleep_us(30000);
  one.value[0] = 1;
  two.value[0] = 1;
  REQUIRE(one.finished() && two.finished());
  CHECK_EQ(one.value[1], 0);
  CHECK_EQ(two.value[1], 0);
}

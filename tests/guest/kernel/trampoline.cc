// SPDX-License-Identifier: MIT
// The page-fault trampoline (kernel-objects.md section 3, pf_tramp_control).
#include "patient.h"

#include <l4/sys/kip.h>

using namespace Tap;

namespace {

constexpr l4_umword_t Setup = L4_THREAD_PF_TRAMP_CONTROL_OP_SETUP,
                      Resume = L4_THREAD_PF_TRAMP_CONTROL_OP_RESUME,
                      Reflect = L4_THREAD_PF_TRAMP_CONTROL_OP_REFLECT,
                      Disable = L4_THREAD_PF_TRAMP_CONTROL_OP_DISABLE,
                      Enable = L4_THREAD_PF_TRAMP_CONTROL_OP_ENABLE;
constexpr l4_addr_t Hole = Free_range + 0xc0000000;

/// The state area as the document draws it.
struct Area {
  l4_umword_t ip, user_data[2], saved_mr0, flags, frame[23];
};
Area &area()
{
  return *reinterpret_cast<Area *>(spare_utcb());
}

Result control(l4_cap_idx_t thread, std::initializer_list<l4_umword_t> words,
               std::initializer_list<Item> items = {})
{
  return call(thread, L4_PROTO_THREAD, words, items);
}

/// What the trampoline found, and which sub-operation it ends with.
extern "C" {
[[gnu::used]] l4_umword_t tap_trampoline_regs[4];
[[gnu::used]] void tap_trampoline_entered();
extern char tap_trampoline[];
}
__asm__(".text\n"
        ".globl tap_trampoline\n"
        "tap_trampoline:\n"
        "  mov %rdi, tap_trampoline_regs(%rip)\n"
        "  mov %rsi, tap_trampoline_regs+8(%rip)\n"
        "  mov %rsp, tap_trampoline_regs+16(%rip)\n"
        "  mov %rbx, tap_trampoline_regs+24(%rip)\n"
        "  sub $128, %rsp\n"
        "  and $-16, %rsp\n"
        "  call tap_trampoline_entered\n"
        "  ud2\n");

l4_umword_t volatile entered, answer;
bool volatile map_it, wait_inside, waiting;

} // namespace

extern "C" void tap_trampoline_entered()
{
  entered = entered + 1;
  if (map_it)
    task_map(env.task, env.task,
             memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW, tap_trampoline_regs[1] & L4_PAGEMASK));
  while (wait_inside)
    waiting = true;
  l4_umword_t const sub_op = answer;
  if (sub_op == Disable) // leave for good
    for (;;)
      invoke(Self | L4_SYSF_RECV, 0, Never);
  control(Self, {sub_op});
}

namespace {

/// Read the hole with known registers; leaves what was read and whether all registers survived.
void read_hole(Worker &me)
{
  l4_umword_t value, kept_bx, kept_di, kept_si, kept_11;
  mr(0) = 0x4d52;
  __asm__ volatile("mov $0xb1, %%ebx\n mov $0xd1, %%edi\n mov $0x51, %%esi\n mov $0x111, %%r11d\n"
                   "mov (%%rax), %%rax\n"
                   : "=a"(value), "=b"(kept_bx), "=D"(kept_di), "=S"(kept_si)
                   : "a"(Hole + 0x128)
                   : "r11", "memory");
  __asm__ volatile("mov %%r11, %0" : "=r"(kept_11));
  me.value[0] = value;
  me.value[1] = kept_bx == 0xb1 && kept_di == 0xd1 && kept_si == 0x51;
  me.value[2] = mr(0);
  me.value[3] = 1;
}

/// A worker with a trampoline.
struct Jumper : Patient {
  explicit Jumper(Body body = read_hole) : Patient(body)
  {
    entered = 0;
    map_it = false;
    wait_inside = false;
    waiting = false;
    answer = Resume;
    __builtin_memset(&area(), 0, sizeof(Area));
    area().ip = l4_umword_t(tap_trampoline);
    CHECK_LABEL(control(cap(), {Setup, spare_utcb()}), 0);
  }
};

void unmap_hole()
{
  task_unmap(env.task, memory_page(Hole, L4_PAGESHIFT, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
}

} // namespace

CASE("kernel-objects.md 3 pf_tramp", "SETUP: word count, items, address")
{
  Worker w([](Worker &) {});
  CHECK_LABEL(control(w.cap(), {Setup}), -L4_EMSGTOOSHORT);
  CHECK_LABEL(control(w.cap(), {Setup, spare_utcb(), 0}), -L4_EMSGTOOLONG);
  CHECK_LABEL(control(w.cap(), {Setup, spare_utcb()}, {object(w.cap())}), -L4_EMSGTOOLONG);
  CHECK_LABEL(control(w.cap(), {Setup, 0}), -L4_EINVAL);
  CHECK_LABEL(control(w.cap(), {Setup, env.scratch}), -L4_EINVAL);
  CHECK_LABEL(control(w.cap(), {Setup, spare_utcb() + L4_UTCB_OFFSET - 0xd8}), -L4_EINVAL);
  CHECK_LABEL(control(w.cap(), {Setup, spare_utcb()}), 0);
  Raw_thread unbound;
  CHECK_LABEL(control(unbound, {Setup, spare_utcb()}), -L4_EINVAL);
}

CASE("kernel-objects.md 3 pf_tramp", "the others: one word; unknown ones -ENOSYS")
{
  Worker w([](Worker &) {});
  for (l4_umword_t op : {Resume, Reflect, Disable, Enable}) {
    CHECK_LABEL(control(w.cap(), {op, 0}), -L4_EMSGTOOLONG);
    CHECK_LABEL(control(w.cap(), {op}, {object(w.cap())}), -L4_EMSGTOOLONG);
  }
  CHECK_LABEL(control(w.cap(), {0x50009}), -L4_ENOSYS);
  CHECK_LABEL(control(w.cap(), {0xffff0009}), -L4_ENOSYS);
}

CASE("kernel-objects.md 3 pf_tramp", "without an area: ENABLE -EINVAL, DISABLE answers 0")
{
  Worker w([](Worker &) {});
  CHECK_LABEL(control(w.cap(), {Enable}), -L4_EINVAL);
  mr(0) = 77;
  Result const r = control(w.cap(), {Disable});
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 1);
  CHECK_EQ(mr(0), 0);
  CHECK_LABEL(control(w.cap(), {Resume}), -L4_EPERM);
  CHECK_LABEL(control(w.cap(), {Reflect}), -L4_EPERM);
  CHECK_LABEL(control(Self, {Resume}), -L4_EINVAL);
}

CASE("kernel-objects.md 3 pf_tramp", "DISABLE tells whether it was enabled, ENABLE enables")
{
  Worker w([](Worker &) {});
  CHECK_LABEL(control(w.cap(), {Setup, spare_utcb()}), 0);
  CHECK_LABEL(control(w.cap(), {Disable}), 0);
  CHECK_EQ(mr(0), 1);
  CHECK_LABEL(control(w.cap(), {Disable}), 0);
  CHECK_EQ(mr(0), 0);
  CHECK_LABEL(control(w.cap(), {Enable}), 0);
  CHECK_LABEL(control(w.cap(), {Disable}), 0);
  CHECK_EQ(mr(0), 1);
}

CASE("kernel-objects.md 3 pf_tramp", "a fault continues at ip with rdi = area, rsi = fault word")
{
  Jumper jumper;
  answer = Disable;
  jumper.start();
  sleep_us(1000);
  REQUIRE(entered == 1);
  CHECK_EQ(tap_trampoline_regs[0], spare_utcb());
  CHECK_EQ(tap_trampoline_regs[1], Hole + 0x128);
  CHECK_EQ(tap_trampoline_regs[3], 0xb1);
  CHECK_GE(jumper.stack_top(), tap_trampoline_regs[2]);
  CHECK_EQ(area().flags, 1);
  CHECK_EQ(area().saved_mr0, 0x4d52);
  CHECK_EQ(area().frame[8], 0xd1); // rdi
  CHECK_EQ(area().frame[9], 0x51); // rsi
  CHECK_EQ(area().frame[11], Hole + 0x128);
  CHECK_EQ(area().frame[16], 14);
  CHECK_EQ(area().frame[21], tap_trampoline_regs[2]);
  CHECK_LABEL(control(jumper.cap(), {Disable}), 0);
  CHECK_EQ(mr(0), 0); // one shot
}

CASE("kernel-objects.md 3 pf_tramp",
     "RESUME: registers and MR0 are back, enabled again, flags clear")
{
  Jumper jumper;
  *reinterpret_cast<l4_umword_t *>(env.scratch + 0x128) = 0xfa17;
  map_it = true;
  jumper.start();
  REQUIRE(jumper.finished());
  CHECK_EQ(entered, 1);
  CHECK_EQ(jumper.value[0], 0xfa17);
  CHECK_EQ(jumper.value[1], 1);
  CHECK_EQ(jumper.value[2], 0x4d52);
  CHECK_EQ(area().flags, 0);
  CHECK_LABEL(control(jumper.cap(), {Disable}), 0);
  CHECK_EQ(mr(0), 1);
  unmap_hole();
}

CASE("kernel-objects.md 3 pf_tramp", "REFLECT: the fault becomes exception 14 with its pfa")
{
  Jumper jumper;
  answer = Reflect;
  CHECK_EQ(jumper.first().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 14);
  CHECK_EQ(mr(Mr_pfa), Hole + 0x128);
  CHECK_EQ(mr(12), 0xb1); // rbx
  CHECK_EQ(entered, 1);
  CHECK_EQ(area().flags, 0);
  CHECK_LABEL(control(jumper.cap(), {Disable}), 0);
  CHECK_EQ(mr(0), 1);
}

CASE("kernel-objects.md 3 pf_tramp", "disabled: the pager gets the message")
{
  Jumper jumper;
  CHECK_LABEL(control(jumper.cap(), {Disable}), 0);
  CHECK_EQ(jumper.first().label(), L4_PROTO_PAGE_FAULT);
  CHECK_EQ(entered, 0);
}

CASE("kernel-objects.md 3 pf_tramp", "faults above user space bypass the trampoline")
{
  Jumper jumper(
      [](Worker &) { *reinterpret_cast<l4_umword_t volatile *>(0xffffffff80000000) = 1; });
  CHECK_EQ(jumper.first().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 14);
  CHECK_EQ(entered, 0);
}

CASE("kernel-objects.md 3 pf_tramp", "it comes before the exceptions of an alien")
{
  Jumper jumper;
  answer = Disable;
  CHECK_LABEL(control(jumper.cap(), {L4_THREAD_CONTROL_ALIEN, 0, 0, 0, L4_THREAD_CONTROL_ALIEN, 0}),
              0);
  // its own system call in the trampoline is the first exception
  CHECK_EQ(jumper.first().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 253);
  CHECK_EQ(entered, 1);
}

CASE("kernel-objects.md 3 pf_tramp",
     "an exception asked for meanwhile comes after the resume (flag bit 1)")
{
  Jumper jumper;
  CHECK_LABEL(run_thread(jumper.cap(), Prio_low), 0);
  map_it = true;
  wait_inside = true;
  jumper.start();
  for (unsigned n = 0; !waiting && n < 100; ++n)
    sleep_us(200);
  REQUIRE(bool(waiting));
  CHECK_LABEL(ex_regs(jumper.cap(), ~0UL, ~0UL, L4_THREAD_EX_REGS_TRIGGER_EXCEPTION), 0);
  CHECK_EQ(area().flags, 3);
  wait_inside = false;
  CHECK_EQ(wait(pair(0, half(500000))).label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 0xff);
  CHECK_EQ(mr(12), 0xb1); // the interrupted code's registers
  CHECK(!answer_state().failed());
  CHECK(jumper.finished());
  CHECK_EQ(area().flags, 0);
  unmap_hole();
}

CASE("kernel-objects.md 3 pf_tramp", "what the user puts into the saved frame cannot hurt")
{
  Jumper jumper;
  CHECK_LABEL(run_thread(jumper.cap(), Prio_low), 0);
  wait_inside = true;
  jumper.start();
  for (unsigned n = 0; !waiting && n < 100; ++n)
    sleep_us(200);
  area().frame[18] = l4_umword_t(+[]() { __asm__ volatile("ud2"); });
  area().frame[19] = 0x08;
  area().frame[20] = 0x3000;
  area().frame[22] = 0x10;
  wait_inside = false;
  CHECK_EQ(wait(pair(0, half(500000))).label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 6);
  CHECK_EQ(mr(Mr_cs) & 0xffff, 0x2b);
  CHECK_EQ(mr(Mr_ss) & 0xffff, 0x23);
  CHECK_EQ(mr(Mr_flags) & 0x3200, 0x200);
}

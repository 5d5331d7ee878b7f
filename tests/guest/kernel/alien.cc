// SPDX-License-Identifier: MIT
// Alien threads, replies to exceptions, and ex_regs around them (kernel-entry.md section 9, ipc.md
// section 9, kernel-objects.md section 3).
#include "patient.h"

using namespace Tap;

namespace {

constexpr l4_umword_t Alien = L4_THREAD_CONTROL_ALIEN;
constexpr l4_umword_t Trigger = L4_THREAD_EX_REGS_TRIGGER_EXCEPTION,
                      Cancel = L4_THREAD_EX_REGS_CANCEL;
constexpr l4_addr_t Hole = Free_range + 0x180000000;

Result next_message()
{
  return wait(pair(0, half(500000)));
}

void make_alien(Worker &w, bool on = true)
{
  CHECK_LABEL(call(w.cap(), L4_PROTO_THREAD, {Alien, 0, 0, 0, on ? Alien : 0, 0}), 0);
}

/// Answer with the state in the message registers and this label.
Result answer(long label, unsigned words = Exception_words, unsigned items = 0)
{
  return invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(label, words, items), Zero);
}

/// A receive from oneself with timeout zero, all registers known.
void known_call(Worker &me)
{
  l4_umword_t tag = 0x77 << 16, bx, r15;
  __asm__ volatile(
      "mov $0xb1, %%ebx\n mov $0x121, %%r12d\n mov $0x131, %%r13d\n mov $0x151, %%r15d\n"
      "mov $0xd1, %%edi\n mov $0x51, %%esi\n mov $0x04000400, %%r8d\n"
      "syscall\n mov %%r15, %2\n"
      : "+a"(tag), "=b"(bx), "=r"(r15)
      : "d"(Self | L4_SYSF_RECV)
      : "rdi", "rsi", "rcx", "r8", "r11", "r12", "r13", "r15", "memory");
  me.value[0] = tag;
  me.value[1] = bx;
}

[[gnu::naked]] void undefined()
{
  __asm__("ud2");
}

void wait_for_ever(Worker &me)
{
  me.result = receive(Self, Never);
}

} // namespace

CASE("kernel-entry.md 9 alien",
     "before: trap 253, err 0, ip at the instruction, arguments in the frame")
{
  Patient patient(known_call);
  make_alien(patient);
  Result const r = patient.first();
  CHECK_EQ(r.label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(r.words(), Exception_words);
  CHECK_EQ(mr(Mr_trap), 253);
  CHECK_EQ(mr(Mr_err), 0);
  CHECK_EQ(mr(Mr_pfa), 0);
  CHECK_EQ(*reinterpret_cast<l4_uint16_t *>(mr(Mr_ip)), 0x050f);
  CHECK_EQ(mr(Mr_rax), 0x77 << 16);
  CHECK_EQ(mr(13), Self | L4_SYSF_RECV); // rdx
  CHECK_EQ(mr(9), 0x51);                 // rsi
  CHECK_EQ(mr(7), 0x04000400);           // r8
  CHECK_EQ(mr(14), 0x04000400);          // rcx holds r8
  CHECK_EQ(mr(12), 0xb1);                // rbx
  CHECK_EQ(mr(3), 0x121);                // r12
  CHECK_EQ(mr(2), 0x131);                // r13
  CHECK_EQ(mr(0), 0x151);                // r15
  CHECK_EQ(mr(8), 0xd1);                 // rdi
  CHECK_EQ(mr(Mr_flags) & 0x200, 0x200);
}

CASE("kernel-entry.md 9 alien",
     "allowed: it runs, then trap 253, err 1, ip behind it, result in rax")
{
  Patient patient(known_call);
  make_alien(patient);
  patient.first();
  l4_umword_t const ip = mr(Mr_ip);
  CHECK(!answer(L4_PROTO_ALLOW_SYSCALL).failed());
  CHECK_EQ(next_message().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 253);
  CHECK_EQ(mr(Mr_err), 1);
  CHECK_EQ(mr(Mr_ip), ip + 2);
  CHECK_EQ(mr(Mr_rax), 0x77 << 16 | L4_MSGTAG_ERROR);
  CHECK_EQ(mr(12), 0xb1);
  CHECK_EQ(mr(3), 0x121);
  CHECK_EQ(mr(Mr_cs) & 0xff7f, 0x2b);
  make_alien(patient, false);
  CHECK(!answer(0).failed());
  REQUIRE(patient.finished());
  CHECK_EQ(patient.value[0], 0x77 << 16 | L4_MSGTAG_ERROR);
  CHECK_EQ(patient.value[1], 0xb1);
}

CASE("kernel-entry.md 9 alien", "the permission is for one system call")
{
  Patient patient([](Worker &) {
    receive(Self, Zero);
    receive(Self, Zero);
  });
  make_alien(patient);
  patient.first();
  for (l4_umword_t expected : {1, 0, 1, 0}) {
    CHECK(!answer(mr(Mr_err) ? 0 : L4_PROTO_ALLOW_SYSCALL).failed());
    CHECK_EQ(next_message().label(), L4_PROTO_EXCEPTION);
    CHECK_EQ(mr(Mr_trap), 253);
    CHECK_EQ(mr(Mr_err), expected);
  }
}

CASE("kernel-entry.md 9 alien", "without permission the handler may emulate: ip behind, rax set")
{
  Patient patient(known_call);
  make_alien(patient);
  patient.first();
  mr(Mr_ip) += 2;
  mr(Mr_rax) = 0xe111;
  make_alien(patient, false); // so that the worker can end; MRs are kept: no words beyond MR5
  mr(0) = 0x151;
  CHECK(!answer(0).failed());
  REQUIRE(patient.finished());
}

CASE("kernel-entry.md 9 alien",
     "an allowed call that blocks: the second exception comes at its end")
{
  Patient patient([](Worker &) { receive(Self, pair(0, half(3000))); });
  make_alien(patient);
  patient.first();
  l4_uint64_t const start = now();
  CHECK(!answer(L4_PROTO_ALLOW_SYSCALL).failed());
  CHECK_EQ(next_message().label(), L4_PROTO_EXCEPTION);
  CHECK_GE(now(), start + 3000);
  CHECK_EQ(mr(Mr_err), 1);
}

CASE("kernel-entry.md 9 alien", "page faults are exceptions with trap 14")
{
  Patient patient([](Worker &) { *reinterpret_cast<l4_umword_t volatile *>(Hole + 8) = 1; });
  make_alien(patient);
  CHECK_EQ(patient.first().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 14);
  CHECK_EQ(mr(Mr_pfa), Hole + 8);
  CHECK_EQ(mr(Mr_err) & 2, 2);
}

CASE("kernel-entry.md 9 alien",
     "others on the same CPU are not affected; a thread can make itself alien")
{
  Patient patient([](Worker &me) {
    // from here on every system call of this thread is an exception
    me.result = call(me.cap(), L4_PROTO_THREAD, {Alien, 0, 0, 0, Alien, 0});
    receive(Self, Zero);
  });
  CHECK_EQ(patient.first().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 253);
  CHECK_LABEL(patient.result, 0);
  sleep_us(500);
  CHECK_EQ(receive(Self, Zero).error(), L4_IPC_RETIMEOUT);
}

CASE("ipc.md 9 answer",
     "26 words with an item: mapped at the hot spot, return item behind the words")
{
  Patient patient(
      [](Worker &me) { me.value[0] = *reinterpret_cast<l4_umword_t volatile *>(Hole + 8); });
  make_alien(patient);
  *reinterpret_cast<l4_umword_t *>(env.scratch + 8) = 0x17e3;
  patient.first();
  Item const page = memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW, Hole);
  mr(Exception_words) = page.control;
  mr(Exception_words + 1) = page.fpage;
  auto const *words = reinterpret_cast<l4_umword_t const *>(patient.utcb());
  CHECK(!answer(0, Exception_words, 1).failed());
  CHECK_EQ(next_message().label(), L4_PROTO_EXCEPTION); // the end of the body is a system call
  CHECK_EQ(mr(Mr_trap), 253);
  CHECK_EQ(patient.value[0], 0x17e3);
  CHECK_EQ(words[Exception_words] & 0xff6, page.fpage & 0xff0);
  task_unmap(env.task, memory_page(Hole, L4_PAGESHIFT, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
}

CASE("ipc.md 9 answer", "fewer words: items and FPU state are ignored")
{
  Patient patient(
      [](Worker &me) { me.value[0] = *reinterpret_cast<l4_umword_t volatile *>(Hole + 8); });
  make_alien(patient);
  patient.first();
  Item const page = memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW, Hole);
  mr(2) = page.control;
  mr(3) = page.fpage;
  CHECK(!answer(0, 2, 1).failed());
  CHECK_EQ(next_message().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 14);
  CHECK_EQ(mr(Mr_pfa), Hole + 8);
}

CASE("ipc.md 9 answer", "the FPU is taken with TRANSFER_FPU, left alone without")
{
  for (unsigned flags : {0u, unsigned(L4_MSGTAG_TRANSFER_FPU)}) {
    Patient patient([](Worker &me) {
      l4_umword_t seen;
      __asm__ volatile("movq %1, %%xmm4\n ud2\n movq %%xmm4, %0"
                       : "=r"(seen)
                       : "r"(0x1111UL)
                       : "xmm4");
      me.value[0] = seen;
    });
    patient.first();
    mr(Mr_ip) += 2;
    __asm__ volatile("movq %0, %%xmm4" : : "r"(0x2222UL) : "xmm4");
    CHECK(!invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(0, Exception_words, 0, flags), Zero)
               .failed());
    REQUIRE(patient.finished());
    CHECK_EQ(patient.value[0], flags ? 0x2222 : 0x1111);
  }
}

CASE("kernel-objects.md 3 ex_regs",
     "a new thread with TRIGGER_EXCEPTION: 0xff before its first instruction")
{
  Patient patient([](Worker &) {});
  CHECK_LABEL(ex_regs(patient.cap(), l4_umword_t(undefined), patient.stack_top() - 8, Trigger), 0);
  CHECK_EQ(next_message().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 0xff);
  CHECK_EQ(mr(Mr_ip), l4_umword_t(undefined));
  CHECK_EQ(mr(Mr_err), 0);
}

CASE("kernel-objects.md 3 ex_regs",
     "TRIGGER on a blocked thread waits for the end of the operation")
{
  Patient patient([](Worker &me) { me.result = receive(env.thread, Never); });
  patient.start();
  CHECK_LABEL(ex_regs(patient.cap(), ~0UL, ~0UL, Trigger), 0);
  CHECK_EQ(wait(pair(0, half(2000))).error(), L4_IPC_RETIMEOUT);
  CHECK(!send(patient.cap(), 3, {}, {}, Zero).failed());
  CHECK_EQ(next_message().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 0xff);
  CHECK_EQ(mr(Mr_cs) & 0xffff, 0x2b);
  CHECK_EQ(l4_int64_t(mr(Mr_rax)) >> 16, 3); // the message was received
  CHECK(!answer_state().failed());
  REQUIRE(patient.finished());
  CHECK_LABEL(patient.result, 3);
}

CASE("kernel-objects.md 3 ex_regs",
     "TRIGGER and CANCEL: the operation ends with 0x07, then the exception")
{
  Patient patient(wait_for_ever);
  patient.start();
  CHECK_LABEL(ex_regs(patient.cap(), ~0UL, ~0UL, Trigger | Cancel), 0);
  CHECK_EQ(next_message().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 0xff);
  CHECK(!answer_state().failed());
  REQUIRE(patient.finished());
  CHECK_EQ(patient.result.error(), L4_IPC_RECANCELED);
}

CASE("ipc.md 9", "injected while in the kernel: the reply redirects the thread")
{
  static l4_umword_t volatile landed;
  landed = 0;
  struct Landing {
    [[noreturn]] static void pad()
    {
      landed = 1;
      for (;;)
        invoke(Self | L4_SYSF_RECV, 0, Never);
    }
  };
  Patient patient(wait_for_ever);
  patient.start();
  CHECK_LABEL(ex_regs(patient.cap(), ~0UL, ~0UL, Trigger | Cancel), 0);
  CHECK_EQ(next_message().label(), L4_PROTO_EXCEPTION);
  mr(Mr_ip) = l4_umword_t(&Landing::pad);
  mr(Mr_sp) = patient.stack_top() - 8;
  CHECK(!answer_state().failed());
  sleep_us(1000);
  CHECK_EQ(landed, 1);
}

CASE("kernel-objects.md 3 ex_regs",
     "a pending exception: new ip and sp modify the state to be restored")
{
  Patient patient([](Worker &me) {
    while (!me.value[7]) {
    }
  });
  CHECK_LABEL(run_thread(patient.cap(), Prio_low), 0);
  patient.start();
  sleep_us(500);
  CHECK_LABEL(ex_regs(patient.cap(), ~0UL, ~0UL, Trigger), 0);
  CHECK_LABEL(ex_regs(patient.cap(), l4_umword_t(undefined), patient.stack_top() - 64), 0);
  CHECK_EQ(next_message().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 0xff);
  CHECK_EQ(mr(Mr_ip), l4_umword_t(undefined));
  CHECK_EQ(mr(Mr_sp), patient.stack_top() - 64);
  CHECK(!answer_state().failed());
  CHECK_EQ(next_message().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 6);
}

CASE("kernel-objects.md 3 ex_regs",
     "with CANCEL an exception message is aborted, new ip and sp apply")
{
  static l4_umword_t volatile landed;
  landed = 0;
  struct Landing {
    [[noreturn]] static void pad()
    {
      landed = 1;
      for (;;)
        invoke(Self | L4_SYSF_RECV, 0, Never);
    }
  };
  Patient patient([](Worker &) { undefined(); });
  patient.first();
  CHECK_LABEL(ex_regs(patient.cap(), l4_umword_t(&Landing::pad), patient.stack_top() - 8, Cancel),
              0);
  CHECK_EQ(mr(1), l4_umword_t(undefined));
  sleep_us(1000);
  CHECK_EQ(landed, 1);
  CHECK_EQ(reply(0, {}).error(), L4_IPC_ENOT_EXISTENT);
}

CASE("kernel-objects.md 3 ex_regs",
     "TRIGGER on oneself: the exception comes at the end of the call")
{
  Patient patient([](Worker &me) {
    me.result = ex_regs(me.cap(), ~0UL, ~0UL, Trigger);
    me.value[0] = 1;
  });
  CHECK_EQ(patient.first().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 0xff);
  CHECK(!answer_state().failed());
  REQUIRE(patient.finished());
  CHECK_LABEL(patient.result, 0);
}

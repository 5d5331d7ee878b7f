// SPDX-License-Identifier: MIT
// Page-fault and exception messages, and what the answers do (ipc.md sections 8 and 9).
#include "patient.h"

#include <l4/sys/task.h>

using namespace Tap;

namespace {

constexpr l4_addr_t Hole = Free_range + 0x40000000;

l4_umword_t volatile &word(l4_addr_t address)
{
  return *reinterpret_cast<l4_umword_t volatile *>(address);
}

void read_hole(Worker &me)
{
  me.value[0] = word(Hole + 0x128);
}
void write_hole(Worker &)
{
  word(Hole + 0x128) = 1;
}
void jump_to_hole(Worker &)
{
  reinterpret_cast<void (*)()>(Hole + 0x128)();
}
void undefined_instruction(Worker &me)
{
  __asm__ volatile("mov $0x1234567, %%rax\n ud2\n 1:\n" : : : "rax");
  me.value[0] = 1;
}
void breakpoint(Worker &me)
{
  __asm__ volatile("int3");
  me.value[0] = 1;
}

/// Answer the blocked fault with a page at the faulting address.
Result answer_with_page(l4_umword_t fault, unsigned rights = L4_FPAGE_RWX, long label = 0)
{
  return reply(label, {}, {memory(env.scratch, L4_PAGESHIFT, rights, fault & L4_PAGEMASK)});
}

void unmap_hole()
{
  task_unmap(env.task, memory_page(Hole, 20, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
}

} // namespace

CASE("ipc.md 8 message", "read fault: label -2, 2 words, address with bits 2..0 clear, ip")
{
  Patient patient(read_hole);
  Result const r = patient.first();
  CHECK_EQ(r.label(), L4_PROTO_PAGE_FAULT);
  CHECK_EQ(r.words(), 2);
  CHECK_EQ(r.items(), 0);
  CHECK_EQ(r.flags(), 0);
  CHECK_EQ(mr(0), Hole + 0x128);
  CHECK_GE(mr(1), env.image);
  CHECK_LE(mr(1), env.image_end);
}

CASE("ipc.md 8 message", "write fault: bit 1; protection fault: bit 0; fetch: bit 2")
{
  {
    Patient patient(write_hole);
    patient.first();
    CHECK_EQ(mr(0), (Hole + 0x128) | 2);
    CHECK(!answer_with_page(Hole, L4_FPAGE_RO).failed());
    CHECK_EQ(wait(pair(0, half(500000))).label(), L4_PROTO_PAGE_FAULT);
    CHECK_EQ(mr(0), (Hole + 0x128) | 2 | 1);
  }
  unmap_hole();
  Patient jumper(jump_to_hole);
  jumper.first();
  CHECK_EQ(mr(0), (Hole + 0x128) | 4);
  CHECK_EQ(mr(1), Hole + 0x128);
}

CASE("ipc.md 8 label", "a pager that is a gate sees the gate's label, a thread capability 0")
{
  {
    Patient patient(read_hole);
    CHECK_EQ(patient.first().from, 0);
  }
  Gate gate(env.thread, 0x9a0);
  Worker worker(read_hole);
  CHECK_LABEL(call(worker.cap(), L4_PROTO_THREAD, {L4_THREAD_CONTROL_SET_PAGER, gate, 0, 0, 0, 0}),
              0);
  worker.start();
  CHECK_EQ(wait(pair(0, half(500000))).from, 0x9a3);
}

CASE("ipc.md 8 answer", "a page at the hot spot: the instruction goes on")
{
  word(env.scratch + 0x128) = 0xc0de;
  Patient patient(read_hole);
  patient.first();
  CHECK(!answer_with_page(mr(0)).failed());
  REQUIRE(patient.finished());
  CHECK_EQ(patient.value[0], 0xc0de);
  unmap_hole();
}

CASE("ipc.md 8 answer", "label >= 0 without items: the instruction is tried again")
{
  Patient patient(read_hole);
  patient.first();
  for (long label : {0L, 1L, 77L}) {
    CHECK(!reply(label, {}).failed());
    CHECK_EQ(wait(pair(0, half(500000))).label(), L4_PROTO_PAGE_FAULT);
    CHECK_EQ(mr(0), Hole + 0x128);
  }
}

CASE("ipc.md 8 answer", "a negative label: exception 14 to the exception handler")
{
  Patient patient(write_hole);
  patient.first();
  CHECK(!reply(-L4_ENOMEM, {}).failed());
  Result const r = wait(pair(0, half(500000)));
  CHECK_EQ(r.label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 14);
  CHECK_EQ(mr(Mr_pfa), Hole + 0x128);
  CHECK_EQ(mr(Mr_err) & 2, 2);
}

CASE("ipc.md 8 no pager", "an empty pager capability kills the thread")
{
  Worker worker(read_hole);
  CHECK_LABEL(call(worker.cap(), L4_PROTO_THREAD,
                   {L4_THREAD_CONTROL_SET_PAGER, L4_INVALID_CAP & ~0x800UL, 0, 0, 0, 0}),
              0);
  worker.start();
  sleep_us(2000);
  CHECK(!worker.done());
  CHECK_EQ(send(worker.cap(), 0, {}, {}, Zero).error(), L4_IPC_ENOT_EXISTENT);
}

CASE("ipc.md 8 above user space", "goes directly to the exception handler")
{
  Patient patient([](Worker &) { word(0xffffffff80000000) = 1; });
  Result const r = patient.first();
  CHECK_EQ(r.label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 14);
  CHECK_EQ(mr(Mr_pfa), 0xffffffff80000000);
}

CASE("kernel-entry.md 5", "a fault while the message registers are filled does not disturb them")
{
  Patient patient([](Worker &me) {
    poison_mrs();
    br(0) = 0x111;
    br(1) = 0x222;
    bdr() = 0x333 << 5;
    (void)l4_umword_t(word(Hole + 0x128));
    me.value[0] = poisoned_from(0);
    me.value[1] = br(0);
    me.value[2] = br(1);
    me.value[3] = bdr();
    no_buffers();
  });
  patient.first();
  CHECK(!answer_with_page(mr(0)).failed());
  REQUIRE(patient.finished());
  CHECK_GE(patient.value[0], L4_UTCB_GENERIC_DATA_SIZE - 2);
  CHECK_EQ(patient.value[1], 0x111);
  CHECK_EQ(patient.value[2], 0x222);
  CHECK_EQ(patient.value[3], 0x333 << 5);
  unmap_hole();
}

CASE("ipc.md 9 message", "label -5, 26 words, FPU flag; the register state in the documented order")
{
  Patient patient(undefined_instruction);
  Result const r = patient.first();
  CHECK_EQ(r.label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(r.words(), Exception_words);
  CHECK_EQ(r.items(), 0);
  CHECK_EQ(r.flags() & L4_MSGTAG_TRANSFER_FPU, L4_MSGTAG_TRANSFER_FPU);
  CHECK_EQ(mr(Mr_trap), 6);
  CHECK_EQ(mr(Mr_rax), 0x1234567);
  CHECK_EQ(mr(Mr_cs), 0x2b);
  CHECK_EQ(mr(Mr_ss), 0x23);
  CHECK_EQ(mr(Mr_flags) & 0x200, 0x200);
  CHECK_GE(mr(Mr_ip), env.image);
  CHECK_LE(mr(Mr_sp), patient.stack_top());
  CHECK_EQ(mr(24), patient.utcb() + 0x1f8);
}

CASE("ipc.md 9 answer", "26 words: the state is loaded and the thread goes on at the new ip")
{
  Patient patient(undefined_instruction);
  patient.first();
  mr(Mr_ip) += 2; // behind ud2
  CHECK(!invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(0, Exception_words), Zero).failed());
  REQUIRE(patient.finished());
  CHECK_EQ(patient.value[0], 1);
}

CASE("ipc.md 9 answer", "IOPL and NT are cleared, IF is set, cs is not changed")
{
  Patient patient([](Worker &me) {
    l4_umword_t flags, cs;
    __asm__ volatile("ud2\n pushfq\n pop %0\n mov %%cs, %1" : "=&r"(flags), "=r"(cs));
    me.value[0] = flags;
    me.value[1] = cs & 0xffff;
  });
  patient.first();
  mr(Mr_ip) += 2;
  mr(Mr_flags) = 0x7000; // IOPL 3, NT, IF clear
  mr(Mr_cs) = 0x8;
  CHECK(!invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(0, Exception_words), Zero).failed());
  REQUIRE(patient.finished());
  CHECK_EQ(patient.value[0] & 0x7200, 0x200);
  CHECK_EQ(patient.value[1], 0x2b);
}

CASE("ipc.md 9 answer", "fewer than 26 words: the state is unchanged, the fault comes again")
{
  Patient patient(undefined_instruction);
  patient.first();
  l4_umword_t const ip = mr(Mr_ip);
  mr(Mr_ip) += 2;
  CHECK(!invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(0, 25), Zero).failed());
  CHECK_EQ(wait(pair(0, half(500000))).label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_ip), ip);
}

CASE("ipc.md 9", "int3 is trap 3 with the ip behind it")
{
  Patient patient(breakpoint);
  CHECK_EQ(patient.first().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 3);
  CHECK_EQ(mr(Mr_err), 0);
  CHECK(!invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(0, Exception_words), Zero).failed());
  CHECK(patient.finished());
}

CASE("ipc.md 9", "division by zero is trap 0, general protection trap 13")
{
  {
    Patient patient([](Worker &) {
      __asm__ volatile("xor %%ecx, %%ecx\n div %%ecx" ::: "rax", "rcx", "rdx");
    });
    CHECK_EQ(patient.first().label(), L4_PROTO_EXCEPTION);
    CHECK_EQ(mr(Mr_trap), 0);
  }
  Patient patient([](Worker &) { __asm__ volatile("hlt"); });
  CHECK_EQ(patient.first().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 13);
}

CASE("ipc.md 8 I/O", "an I/O instruction without the port: exception 13 or an I/O page fault")
{
  Patient patient([](Worker &) { __asm__ volatile("outb %%al, $0x80" : : "a"(0)); });
  Result const r = patient.first();
  if (r.label() == L4_PROTO_IO_PAGE_FAULT) {
    CHECK_EQ(mr(0), 0x80UL << 12 | 0 << 6 | 0x20 | 2);
    CHECK(!reply(-L4_EPERM, {}).failed());
    CHECK_EQ(wait(pair(0, half(500000))).label(), L4_PROTO_EXCEPTION);
  } else {
    CHECK_EQ(r.label(), L4_PROTO_EXCEPTION);
    CHECK_EQ(mr(Mr_pfa), 0);
    CHECK_EQ(mr(Mr_err), 0);
  }
  CHECK_EQ(mr(Mr_trap), 13);
}

CASE("ipc.md 9 no handler", "without a handler the thread blocks until a cancel")
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
  Worker worker(undefined_instruction);
  worker.start();
  sleep_us(2000);
  CHECK_EQ(landed, 0);
  CHECK_LABEL(ex_regs(worker.cap(), l4_umword_t(&Landing::pad), worker.stack_top() - 8,
                      L4_THREAD_EX_REGS_CANCEL),
              0);
  sleep_us(2000);
  CHECK_EQ(landed, 1);
}

CASE("kernel-objects.md 3 ex_regs", "trigger exception: trap 0xff before the next user instruction")
{
  Patient patient([](Worker &me) {
    while (!me.value[7])
      receive(Self, Zero);
    me.value[0] = 1;
  });
  // Lower than the main thread, so that it is in user mode or ready when it is hit.
  CHECK_LABEL(run_thread(patient.cap(), Prio_low), 0);
  patient.start();
  sleep_us(1000);
  CHECK_LABEL(ex_regs(patient.cap(), ~0UL, ~0UL, L4_THREAD_EX_REGS_TRIGGER_EXCEPTION), 0);
  CHECK_EQ(wait(pair(0, half(500000))).label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 0xff);
  CHECK_EQ(mr(Mr_err), 0);
  patient.value[7] = 1;
  CHECK(!invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(0, Exception_words), Zero).failed());
  REQUIRE(patient.finished());
  CHECK_EQ(patient.value[0], 1);
}

CASE("kernel-objects.md 3 ex_regs", "during an exception, without cancel: only the old values")
{
  Patient patient(undefined_instruction);
  patient.first();
  l4_umword_t const ip = mr(Mr_ip), sp = mr(Mr_sp);
  CHECK_LABEL(ex_regs(patient.cap(), 0x1000, 0x2000), 0);
  CHECK_EQ(mr(1), ip);
  CHECK_EQ(mr(2), sp);
  CHECK(!reply(0, {}).failed()); // short reply: it faults at the same place again
  CHECK_EQ(wait(pair(0, half(500000))).label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_ip), ip);
}

CASE("kernel-entry.md 9", "alien: a system call is an exception first, then allowed once")
{
  Patient patient([](Worker &me) { me.value[0] = receive(Self, Zero).error(); });
  CHECK_LABEL(call(patient.cap(), L4_PROTO_THREAD,
                   {L4_THREAD_CONTROL_ALIEN, 0, 0, 0, L4_THREAD_CONTROL_ALIEN, 0}),
              0);
  CHECK_EQ(patient.first().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 253);
  CHECK_EQ(mr(Mr_err), 0);
  l4_umword_t const ip = mr(Mr_ip);
  CHECK(!invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND,
                raw_tag(L4_PROTO_ALLOW_SYSCALL, Exception_words), Zero)
             .failed());
  CHECK_EQ(wait(pair(0, half(500000))).label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 253);
  CHECK_EQ(mr(Mr_err), 1);
  CHECK_EQ(mr(Mr_ip), ip + 2);
}

CASE("style.md regression kill", "killing a thread that waits for its pager leaves nothing behind")
{
  for (unsigned i = 0; i < 20; ++i) {
    Patient patient(read_hole);
    patient.first();
  }
  CHECK_EQ(reply(0, {}).error(), L4_IPC_ENOT_EXISTENT);
}

// SPDX-License-Identifier: MIT
// What user mode may not do, and addresses, flags and selectors that must not reach the CPU
// (kernel-entry.md sections 1 and 6, ipc.md sections 8 and 9; amd64).
#include "patient.h"

#include <l4/sys/task.h>

using namespace Tap;

namespace {

/// Run `body` and check that it raises exception `trap`.
void expect_trap(Worker::Body body, l4_umword_t trap)
{
  Patient patient(body);
  CHECK_EQ(patient.first().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), trap);
}

/// `int n` is for the kernel alone. (The error code is not checked: QEMU and hardware differ.)
template <unsigned n> void expect_forbidden_interrupt()
{
  expect_trap([](Worker &) { __asm__ volatile("int %0" : : "i"(n)); }, 13);
}

} // namespace

CASE("kernel-entry.md 1", "only int3 is a gate for user mode")
{
  expect_forbidden_interrupt<0>();
  expect_forbidden_interrupt<2>();
  expect_forbidden_interrupt<8>();
  expect_forbidden_interrupt<14>();
  expect_forbidden_interrupt<0x20>();
  expect_forbidden_interrupt<0x30>();
  expect_forbidden_interrupt<0x80>();
  expect_forbidden_interrupt<0x91>();
  expect_forbidden_interrupt<0xf0>();
  expect_forbidden_interrupt<0xff>();
}

CASE("kernel-entry.md 6", "privileged and undefined instructions: trap 13 and 6")
{
  expect_trap([](Worker &) { __asm__ volatile("cli"); }, 13);
  expect_trap([](Worker &) { __asm__ volatile("mov %%cr3, %%rax" : : : "rax"); }, 13);
  expect_trap([](Worker &) { __asm__ volatile("wrmsr" : : "c"(0xc0000082), "a"(0), "d"(0)); }, 13);
  expect_trap([](Worker &) { __asm__ volatile("swapgs"); }, 13);
  expect_trap([](Worker &) { __asm__ volatile("sgdt %0" : : "m"(*(long *)env.scratch)); }, 13);
  expect_trap([](Worker &) { __asm__ volatile("mov %0, %%ss" : : "r"(0x10)); }, 13);
}

CASE("kernel-entry.md 6",
     "exceptions arrive with the flags as they were, and the kernel is not disturbed")
{
  Patient patient([](Worker &) {
    __asm__ volatile("push $0x244602\n popfq\n ud2"); // DF, NT, AC, ID
  });
  CHECK_EQ(patient.first().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_flags) & 0x244600, 0x244600);
}

CASE("kernel-entry.md 6", "single step: trap 1 behind each instruction")
{
  Patient patient([](Worker &me) {
    __asm__ volatile("pushfq\n orq $0x100, (%%rsp)\n popfq\n nop\n nop" : : : "memory", "cc");
    me.value[0] = 1;
  });
  CHECK_EQ(patient.first().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 1);
  l4_umword_t const ip = mr(Mr_ip);
  CHECK(!answer_state().failed());
  CHECK_EQ(wait(pair(0, half(500000))).label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_ip), ip + 1);
  mr(Mr_flags) &= ~l4_umword_t(0x100);
  CHECK(!answer_state().failed());
  REQUIRE(patient.finished());
  CHECK_EQ(patient.value[0], 1);
}

CASE("kernel-entry.md 1",
     "no code can be in the last page of user space: SYSRET would fault behind a system call there")
{
  constexpr l4_addr_t Last_page = 0x7ffffffff000;
  constexpr unsigned Two_pages = L4_PAGESHIFT + 1;
  auto *code = reinterpret_cast<unsigned char volatile *>(env.scratch);
  code[0x1ffe] = 0x0f;
  code[0x1fff] = 0x05;
  for (auto page : {memory(env.scratch + L4_PAGESIZE, L4_PAGESHIFT, L4_FPAGE_RX, Last_page),
                    memory(env.scratch, Two_pages, L4_FPAGE_RX, Last_page - L4_PAGESIZE)})
    CHECK_LABEL(task_map(env.task, env.task, page), 0);
  CHECK_EQ(*reinterpret_cast<unsigned char volatile *>(Last_page - 1), code[0xfff]);
  Patient patient([](Worker &) {
    __asm__ volatile("xor %%eax, %%eax\n mov $-0x800, %%rdx\n xor %%r8d, %%r8d\n jmp *%0"
                     :
                     : "r"(Last_page + 0xffe)
                     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r11", "r15", "memory");
  });
  CHECK_EQ(patient.first().label(), L4_PROTO_PAGE_FAULT);
  CHECK_EQ(mr(0) & ~l4_umword_t{7}, Last_page + 0xff8);
  CHECK_EQ(mr(1), Last_page + 0xffe);
  task_unmap(env.task, memory_page(Last_page - L4_PAGESIZE, Two_pages, L4_FPAGE_RWX),
             L4_FP_ALL_SPACES);
}

CASE("kernel-objects.md 3 ex_regs",
     "an address that is not canonical never reaches the kernel's own exit")
{
  for (l4_umword_t ip : {0x8000000000000000UL, 0x0000900000000000UL, 0xfffffffffffffff0UL}) {
    Patient patient([](Worker &) { invoke(Self | L4_SYSF_RECV, 0, Never); });
    patient.start();
    sleep_us(100);
    CHECK_LABEL(ex_regs(patient.cap(), ip, patient.stack_top(), L4_THREAD_EX_REGS_CANCEL), 0);
    wait(pair(
        0, half(20000))); // a fault there, or none if the kernel cuts the address to a page that is
  }
}

CASE("ipc.md 9 answer", "bases and selectors that the CPU refuses do not reach the CPU")
{
  Patient patient([](Worker &me) {
    __asm__ volatile("ud2");
    me.value[0] = 1;
  });
  patient.first();
  mr(Mr_ip) += 2;
  mr(Mr_fs) = 0x8000000000000000;
  mr(24) = 0x1234567812345678;
  mr(25) = 0x0008001000300033; // ds 0x33, es 0x30, fs 0x10, gs 0x08: TSS and kernel segments
  CHECK(!answer_state().failed());
  CHECK(patient.finished());
}

CASE("ipc.md 8 I/O", "ports got from the pager work at once, and no more after unmap")
{
  REQUIRE(get_ports(0x80, 0).items() == 1);
  auto const use_port = [](Worker &me) {
    __asm__ volatile("outb %%al, $0x80" : : "a"(0));
    sleep_us(50); // another thread runs
    __asm__ volatile("outb %%al, $0x80" : : "a"(0));
    me.value[0] = 1;
  };
  {
    Patient patient(use_port);
    patient.start();
    CHECK(patient.finished());
    CHECK_EQ(patient.value[0], 1);
  }
  Patient neighbour([](Worker &) { __asm__ volatile("outb %%al, $0x81" : : "a"(0)); });
  CHECK_EQ(neighbour.first().label(), L4_PROTO_EXCEPTION);
  task_unmap(env.task, l4_iofpage(0x80, 0).raw, L4_FP_ALL_SPACES);
  Patient after(use_port);
  CHECK_EQ(after.first().label(), L4_PROTO_EXCEPTION);
}

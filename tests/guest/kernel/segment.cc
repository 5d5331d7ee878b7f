// SPDX-License-Identifier: MIT
// Segments of threads: descriptors of their own, 32-bit code (kernel-objects.md section 3 gdt_x86,
// kernel-entry.md section 1).
#include "patient.h"

using namespace Tap;

namespace {

constexpr l4_umword_t Gdt = L4_THREAD_X86_GDT_OP;
constexpr l4_umword_t Present = 1UL << 47;
constexpr l4_umword_t Flat_data = 0x00cff3000000ffff, Flat_code32 = 0x00cffb000000ffff;
constexpr unsigned First_selector = 0x5b;

/// Data segment with this base, 32 bit.
constexpr l4_umword_t data_at(l4_umword_t base)
{
  return Flat_data | (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
}

Result set(l4_cap_idx_t thread, unsigned slot, l4_umword_t descriptor)
{
  return call(thread, L4_PROTO_THREAD, {Gdt, slot, descriptor});
}

Result operation(l4_cap_idx_t thread, std::initializer_list<l4_umword_t> words)
{
  return call(thread, L4_PROTO_THREAD, words);
}

l4_umword_t cell[2];

extern "C" {
[[gnu::used]] l4_umword_t tap_segment_sp;
}

/// Run a few bytes of 32-bit code at `code` in segment `selector`, back into 64 bits; its eax is
/// the result. One copy only, for the label in it. (A far jump: the far return of some QEMU
/// versions trips over SMAP.)
[[gnu::noipa]] l4_umword_t run_in(l4_umword_t selector, void const *code)
{
  struct [[gnu::packed]] {
    unsigned offset;
    l4_uint16_t selector;
  } const target{unsigned(l4_umword_t(code)), l4_uint16_t(selector)};
  l4_umword_t result;
  __asm__ volatile("mov %%rsp, tap_segment_sp(%%rip)\n ljmpl *%[target]\n"
                   ".globl tap_segment_back\n tap_segment_back: mov tap_segment_sp(%%rip), %%rsp\n"
                   : "=a"(result)
                   : [target] "m"(target)
                   : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
                     "r14", "r15", "memory", "cc");
  return result;
}

extern "C" {
extern char tap_code32[], tap_code32_syscall[], tap_code32_undefined[];
}
__asm__(".text\n .code32\n"
        ".globl tap_code32, tap_code32_syscall, tap_code32_undefined\n"
        "tap_code32:\n"
        "  mov $5, %eax\n .byte 0x48\n" // dec %eax here, a REX prefix in 64-bit code
        "  ljmp $0x2b, $tap_segment_back\n"
        "tap_code32_syscall:\n"
        "  syscall\n"
        "  ljmp $0x2b, $tap_segment_back\n"
        "tap_code32_undefined:\n"
        "  ud2\n"
        "  mov $0x77, %eax\n"
        "  ljmp $0x2b, $tap_segment_back\n"
        ".code64\n");

l4_umword_t read_fs()
{
  l4_umword_t value;
  __asm__ volatile("mov %%fs:0, %0" : "=r"(value));
  return value;
}
void load_fs(l4_umword_t selector)
{
  __asm__ volatile("mov %w0, %%fs" : : "r"(selector));
}

} // namespace

CASE("kernel-objects.md 3 gdt_x86", "query answers the index of the first slot")
{
  Result const r = operation(env.thread, {L4_THREAD_X86_GDT_OP});
  SKIP_IF_ABSENT(r, "the GDT operation");
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 1);
  CHECK_EQ(mr(0), 11);
}

CASE("kernel-objects.md 3 gdt_x86", "label is the selector; system and privileged ones: -EINVAL")
{
  Worker worker([](Worker &) {});
  l4_umword_t const user_data = 0x00cff3000000ffff, kernel_data = 0x00cf93000000ffff;
  l4_umword_t const tss = 0x0000e9000000ffff, absent = 0x00cf73000000ffff & ~(0x8000UL << 32);
  l4_cap_idx_t const t = worker.cap();
  SKIP_IF_ABSENT(operation(t, {L4_THREAD_X86_GDT_OP}), "the GDT operation");
  CHECK_LABEL(operation(t, {L4_THREAD_X86_GDT_OP, 0, user_data}), 0x5b);
  CHECK_LABEL(operation(t, {L4_THREAD_X86_GDT_OP, 2, user_data}), (2 << 3) + 0x5b);
  CHECK_LABEL(operation(t, {L4_THREAD_X86_GDT_OP, 0, kernel_data}), -L4_EINVAL);
  constexpr l4_umword_t Dpl_shift = 45;
  for (l4_umword_t level : {1, 2})
    CHECK_LABEL(operation(t, {L4_THREAD_X86_GDT_OP, 0, kernel_data | level << Dpl_shift}),
                -L4_EINVAL);
  CHECK_LABEL(operation(t, {L4_THREAD_X86_GDT_OP, 0, tss}), -L4_EINVAL);
  CHECK_LABEL(operation(t, {L4_THREAD_X86_GDT_OP, 1, absent}), (1 << 3) + 0x5b);
  CHECK_LABEL(operation(t, {L4_THREAD_X86_GDT_OP, 3}), (3 << 3) + 0x5b);
}

CASE("kernel-objects.md 3 set_segment_base", "FS base is the thread's; errors are told apart")
{
  Worker worker([](Worker &me) {
    static l4_umword_t cell = 0xfeed;
    me.result =
        call(me.cap(), L4_PROTO_THREAD, {L4_THREAD_AMD64_SET_SEGMENT_BASE_OP, l4_umword_t(&cell)});
    l4_umword_t seen;
    __asm__ volatile("mov %%fs:0, %0" : "=r"(seen));
    me.value[0] = seen;
    sleep_us(1000);
    __asm__ volatile("mov %%fs:0, %0" : "=r"(seen));
    me.value[1] = seen;
  });
  worker.start();
  REQUIRE(worker.finished());
  CHECK_LABEL(worker.result, 0);
  CHECK_EQ(worker.value[0], 0xfeed);
  CHECK_EQ(worker.value[1], 0xfeed);
  constexpr l4_umword_t op = L4_THREAD_AMD64_SET_SEGMENT_BASE_OP;
  CHECK_LABEL(operation(worker.cap(), {op}), -L4_EMSGTOOSHORT);
  CHECK_LABEL(operation(worker.cap(), {op, 0x8000000000000000}), -L4_EINVAL);
  CHECK_LABEL(operation(worker.cap(), {op | 7 << 16, 0}), -L4_EINVAL);
}

CASE("kernel-objects.md 3 segment_info", "the three user selectors")
{
  Result const r = operation(env.thread, {L4_THREAD_AMD64_GET_SEGMENT_INFO_OP});
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 3);
  CHECK_EQ(mr(0), 0x23);
  CHECK_EQ(mr(1), 0x2b);
  CHECK_EQ(mr(2), 0x1b);
}

CASE("kernel-objects.md 3 gdt_x86",
     "a descriptor works in its thread, over switches, and in no other")
{
  cell[0] = 0xce11;
  Worker worker([](Worker &me) {
    CHECK_LABEL(set(me.cap(), 1, data_at(l4_umword_t(cell))), 8 + First_selector);
    load_fs(First_selector + 8);
    me.value[0] = read_fs();
    sleep_us(1000);
    me.value[1] = read_fs();
    l4_umword_t selector;
    __asm__ volatile("mov %%fs, %0" : "=r"(selector));
    me.value[2] = selector & 0xffff;
  });
  worker.start();
  {
    Patient other([](Worker &) { load_fs(First_selector + 8); });
    CHECK_EQ(other.first().label(), L4_PROTO_EXCEPTION); // the slot is empty here
    CHECK_EQ(mr(Mr_trap), 13);
  }
  REQUIRE(worker.finished());
  CHECK_EQ(worker.value[0], 0xce11);
  CHECK_EQ(worker.value[1], 0xce11);
  CHECK_EQ(worker.value[2], First_selector + 8);
}

CASE("kernel-objects.md 3 gdt_x86", "set from outside before the thread runs")
{
  cell[0] = 0xce22;
  Worker worker([](Worker &me) {
    load_fs(First_selector + 24);
    me.value[0] = read_fs();
  });
  CHECK_LABEL(set(worker.cap(), 3, data_at(l4_umword_t(cell))), 24 + First_selector);
  worker.start();
  REQUIRE(worker.finished());
  CHECK_EQ(worker.value[0], 0xce22);
}

CASE("kernel-objects.md 3 gdt_x86", "those before a refused one are stored, slots > 3 ignored")
{
  cell[0] = 0xce33;
  Worker worker([](Worker &me) {
    load_fs(First_selector + 16);
    me.value[0] = read_fs();
  });
  l4_umword_t const kernel_data = 0x00cf93000000ffff;
  CHECK_LABEL(call(worker.cap(), L4_PROTO_THREAD,
                   {Gdt, 2, data_at(l4_umword_t(cell)), kernel_data, Flat_data}),
              -L4_EINVAL);
  CHECK_LABEL(call(worker.cap(), L4_PROTO_THREAD, {Gdt, 3, Flat_data, Flat_data, Flat_data}),
              24 + First_selector);
  CHECK_LABEL(call(worker.cap(), L4_PROTO_THREAD, {Gdt, 1, kernel_data & ~Present}),
              8 + First_selector);
  worker.start();
  REQUIRE(worker.finished());
  CHECK_EQ(worker.value[0], 0xce33);
}

CASE("kernel-objects.md 3 gdt_x86", "a descriptor taken away while its selector is loaded: no harm")
{
  Worker worker([](Worker &me) {
    set(me.cap(), 0, data_at(l4_umword_t(cell)));
    load_fs(First_selector);
    set(me.cap(), 0, 0);
    sleep_us(1000);
    me.value[0] = 1;
  });
  worker.start();
  REQUIRE(worker.finished());
  CHECK_EQ(worker.value[0], 1);
}

CASE("kernel-entry.md 1", "32-bit code in segment 0x1b")
{
  Worker worker([](Worker &me) { me.value[0] = run_in(0x1b, tap_code32); });
  worker.start();
  REQUIRE(worker.finished());
  CHECK_EQ(worker.value[0], 4);
}

CASE("kernel-objects.md 3 gdt_x86", "32-bit code in a segment of the thread's own")
{
  Worker worker([](Worker &me) {
    set(me.cap(), 0, Flat_code32);
    me.value[0] = run_in(First_selector, tap_code32);
  });
  worker.start();
  REQUIRE(worker.finished());
  CHECK_EQ(worker.value[0], 4);
}

CASE("kernel-entry.md 1", "an exception in 32-bit code shows its cs and returns there")
{
  Patient patient([](Worker &me) { me.value[0] = run_in(0x1b, tap_code32_undefined); });
  CHECK_EQ(patient.first().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 6);
  CHECK_EQ(mr(Mr_cs) & 0xffff, 0x1b);
  mr(Mr_ip) += 2;
  CHECK(!answer_state().failed());
  REQUIRE(patient.finished());
  CHECK_EQ(patient.value[0], 0x77);
}

CASE("kernel-entry.md 1",
     "syscall in 32-bit code is an undefined instruction, whatever the CPU makes of it")
{
  Patient patient([](Worker &) { run_in(0x1b, tap_code32_syscall); });
  CHECK_EQ(patient.first().label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 6);
  CHECK_EQ(mr(Mr_ip), l4_umword_t(tap_code32_syscall));
  CHECK_EQ(mr(Mr_cs) & 0xffff, 0x1b);
}

CASE("kernel-entry.md 1",
     "an exception behind a system call has the 64-bit cs, after 32-bit code too")
{
  Patient patient([](Worker &me) {
    run_in(0x1b, tap_code32_undefined); // leaves 0x1b in the frame
    me.result = receive(Self, Never);
  });
  patient.first();
  mr(Mr_ip) += 2;
  CHECK(!answer_state().failed());
  sleep_us(500);
  CHECK_LABEL(ex_regs(patient.cap(), ~0UL, ~0UL,
                      L4_THREAD_EX_REGS_CANCEL | L4_THREAD_EX_REGS_TRIGGER_EXCEPTION),
              0);
  CHECK_EQ(wait(pair(0, half(500000))).label(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 0xff);
  CHECK_EQ(mr(Mr_cs) & 0xffff, 0x2b);
  CHECK(!answer_state().failed());
  CHECK(patient.finished());
}

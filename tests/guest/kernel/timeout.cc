// SPDX-License-Identifier: MIT
// Timeouts (kernel-entry.md section 4), on sleeps, blocked sends and semaphores.
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/kip.h>
#include <l4/sys/semaphore.h>
#include <l4/sys/thread.h>

using namespace Tap;

namespace {

/// How long a receive from oneself with this receive half takes, in microseconds.
l4_uint64_t sleep_half(l4_umword_t receive_half)
{
  l4_uint64_t const begin = now();
  Result const r = receive(Self, pair(0, receive_half));
  CHECK_EQ(r.error(), L4_IPC_RETIMEOUT);
  return now() - begin;
}

constexpr l4_umword_t Absolute = 0x8000;
constexpr l4_uint64_t Slack = 20000; ///< scheduling on a loaded host

} // namespace

CASE("kernel-entry.md 4 relative", "m * 2^e microseconds, for several encodings of one time")
{
  for (l4_umword_t exponent : {3u, 4u, 5u, 6u}) {
    l4_uint64_t const took = sleep_half(exponent << 10 | 4096 >> exponent);
    CHECK_GE(took, 4096);
    CHECK_LE(took, 4096 + Slack);
  }
}

CASE("kernel-entry.md 4 relative", "one microsecond sleeps at least that long, not a tick more")
{
  l4_uint64_t const took = sleep_half(1);
  CHECK_GE(took, 1);
  CHECK_LE(took, Slack);
}

CASE("kernel-entry.md 4 zero", "mantissa 0 with any exponent but a raw 0 is zero")
{
  CHECK_LE(sleep_half(0x0400), Slack / 10);
  CHECK_LE(sleep_half(0x7c00), Slack / 10);
  CHECK_LE(sleep_half(0x2800), Slack / 10);
}

CASE("kernel-entry.md 4 never", "raw 0 never ends: only a cancel does")
{
  Worker sleeper([](Worker &me) { me.result = receive(Self, Never); });
  sleeper.start();
  sleep_us(20000);
  CHECK(!sleeper.done());
  CHECK_LABEL(ex_regs(sleeper.cap(), ~0UL, ~0UL, L4_THREAD_EX_REGS_CANCEL), 0);
  REQUIRE(sleeper.finished());
  CHECK_EQ(sleeper.result.error(), L4_IPC_RECANCELED);
}

CASE("kernel-entry.md 4 absolute", "a deadline in a buffer register, on the KIP's clock")
{
  l4_uint64_t const deadline = now() + 6000;
  br(10) = deadline;
  CHECK_EQ(receive(Self, pair(0, Absolute | 10)).error(), L4_IPC_RETIMEOUT);
  CHECK_GE(now(), deadline);
  CHECK_LE(now(), deadline + Slack);
}

CASE("kernel-entry.md 4 absolute", "a deadline that is over, now, or 0 has expired")
{
  br(3) = now() - 1;
  CHECK_LE(sleep_half(Absolute | 3), Slack / 10);
  br(3) = 0;
  CHECK_LE(sleep_half(Absolute | 3), Slack / 10);
  br(3) = 1;
  CHECK_LE(sleep_half(Absolute | 3), Slack / 10);
}

CASE("kernel-entry.md 4 absolute", "bits 14..6 of the half are ignored")
{
  l4_uint64_t const deadline = now() + 3000;
  br(5) = deadline;
  sleep_half(Absolute | 0x7fc0 | 5);
  CHECK_GE(now(), deadline);
  CHECK_LE(now(), deadline + Slack);
}

CASE("kernel-entry.md 4 absolute", "an index above 57 is taken as 57")
{
  l4_uint64_t const deadline = now() + 3000;
  br(57) = deadline;
  sleep_half(Absolute | 63);
  CHECK_GE(now(), deadline);
  CHECK_LE(now(), deadline + Slack);
}

CASE("kernel-entry.md 4 absolute", "a send timeout may be absolute too")
{
  Worker busy([](Worker &) { sleep_us(1000000); });
  busy.start();
  l4_uint64_t const deadline = now() + 4000;
  br(8) = deadline;
  CHECK_EQ(send(busy.cap(), 0, {1}, {}, pair(Absolute | 8, 0)).error(), L4_IPC_SETIMEOUT);
  CHECK_GE(now(), deadline);
}

CASE("ipc.md 1.4", "a finite send timeout: 0x02 when it is over, not before")
{
  Worker busy([](Worker &) { sleep_us(1000000); });
  busy.start();
  l4_uint64_t const begin = now();
  CHECK_EQ(send(busy.cap(), 0, {1}, {}, pair(half(5000), 0)).error(), L4_IPC_SETIMEOUT);
  CHECK_GE(now() - begin, 5000);
  CHECK_LE(now() - begin, 5000 + Slack);
}

CASE("ipc.md 1.4", "a sender that timed out is no longer queued")
{
  Worker busy([](Worker &me) {
    sleep_us(10000);
    me.result = wait(pair(0, Half_zero));
  });
  busy.start();
  CHECK_EQ(send(busy.cap(), 0, {1}, {}, pair(half(2000), 0)).error(), L4_IPC_SETIMEOUT);
  REQUIRE(busy.finished());
  CHECK_EQ(busy.result.error(), L4_IPC_RETIMEOUT);
}

CASE("kernel-entry.md 4", "sleepers wake in the order of their deadlines")
{
  static l4_umword_t order[4], woken;
  woken = 0;
  static l4_umword_t const time[4] = {8000, 2000, 6000, 4000};
  auto const body = [](Worker &me) {
    l4_umword_t const *mine = &me.data<l4_umword_t const>();
    sleep_us(*mine);
    order[woken++] = l4_umword_t(mine - time);
  };
  Worker a(body, const_cast<l4_umword_t *>(&time[0])), b(body, const_cast<l4_umword_t *>(&time[1])),
      c(body, const_cast<l4_umword_t *>(&time[2])), d(body, const_cast<l4_umword_t *>(&time[3]));
  a.start();
  b.start();
  c.start();
  d.start();
  sleep_us(30000);
  CHECK_EQ(woken, 4);
  CHECK_EQ(order[0], 1);
  CHECK_EQ(order[1], 3);
  CHECK_EQ(order[2], 2);
  CHECK_EQ(order[3], 0);
}

CASE("style.md regression timeouts", "killing a sleeper removes its timeout")
{
  for (unsigned i = 0; i < 20; ++i) {
    Worker sleeper([](Worker &) { sleep_us(1500); });
    sleeper.start();
  }
  sleep_us(5000);
  CHECK(true);
}

CASE("style.md regression timeouts", "a message in time leaves no timeout behind")
{
  Worker receiver([](Worker &me) {
    me.result = wait(pair(0, half(4000)));
    me.value[0] = receive(Self, pair(0, half(20000))).error();
    me.value[1] = now();
  });
  l4_uint64_t const begin = now();
  receiver.start();
  CHECK(!send(receiver.cap(), 0, {}).failed());
  REQUIRE(receiver.finished());
  CHECK_EQ(receiver.result.error(), 0);
  CHECK_GE(receiver.value[1] - begin, 20000);
}

CASE("kernel-objects.md 6", "semaphore down: receive timeout, zero and finite")
{
  Semaphore sem;
  CHECK_EQ(semaphore_down(sem).error(), L4_IPC_RETIMEOUT);
  l4_uint64_t const begin = now();
  CHECK_EQ(semaphore_down(sem, pair(0, half(3000))).error(), L4_IPC_RETIMEOUT);
  CHECK_GE(now() - begin, 3000);
}

CASE("kernel-entry.md 8 clock", "the KIP's clocks run, agree, and never go back")
{
  l4_uint64_t last = now();
  for (unsigned i = 0; i < 1000; ++i) {
    l4_uint64_t const t = now();
    if (t < last) CHECK_LE(last, t);
    last = t;
  }
  l4_uint64_t const us = now(), ns = l4_kip_clock_ns(l4_kip());
  CHECK_GE(ns / 1000 + 1, us);
  CHECK_LE(ns / 1000, us + 10000);
}

CASE("kernel-entry.md 8 code",
     "runs wherever the page is mapped, and changes rax, rdx and flags only")
{
  constexpr l4_addr_t Elsewhere = Free_range + 0x7fff000;
  constexpr unsigned Microseconds = 0x900, Nanoseconds = 0x980, Registers = 13;
  auto const kip = reinterpret_cast<l4_addr_t>(l4_kip());
  CHECK_LABEL(task_map(env.task, env.task, memory(kip, L4_PAGESHIFT, L4_FPAGE_RX, Elsewhere)), 0);
  for (l4_addr_t page : {kip, Elsewhere})
    for (unsigned code : {Microseconds, Nanoseconds}) {
      static l4_umword_t out[Registers], time, sp;
      l4_uint64_t const before = now();
      l4_addr_t entry = page + code;
      __asm__ volatile(
          "push %%rbp\n sub $128, %%rsp\n mov %%rsp, %[sp]\n"
          "mov $1, %%ebx\n mov $2, %%ecx\n mov $3, %%esi\n mov $4, %%edi\n mov $5, %%ebp\n"
          "mov $6, %%r8d\n mov $7, %%r9d\n mov $8, %%r10d\n mov $9, %%r11d\n mov $10, %%r12d\n"
          "mov $11, %%r13d\n mov $12, %%r14d\n mov $13, %%r15d\n"
          "call *%%rax\n"
          "sub %%rsp, %[sp]\n mov %%rax, %[time]\n lea %[out], %%rax\n"
          "mov %%rbx, (%%rax)\n mov %%rcx, 8(%%rax)\n mov %%rsi, 16(%%rax)\n"
          "mov %%rdi, 24(%%rax)\n mov %%rbp, 32(%%rax)\n mov %%r8, 40(%%rax)\n"
          "mov %%r9, 48(%%rax)\n mov %%r10, 56(%%rax)\n mov %%r11, 64(%%rax)\n"
          "mov %%r12, 72(%%rax)\n mov %%r13, 80(%%rax)\n mov %%r14, 88(%%rax)\n"
          "mov %%r15, 96(%%rax)\n add $128, %%rsp\n pop %%rbp\n"
          : [out] "=m"(out), [time] "=m"(time), [sp] "=m"(sp), "+a"(entry)
          :
          : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
            "memory", "cc");
      CHECK_EQ(sp, 0);
      for (unsigned i = 0; i < Registers; ++i)
        CHECK_EQ(out[i], i + 1);
      l4_uint64_t const us = code == Nanoseconds ? time / 1000 : time;
      CHECK_GE(us + 1, before);
      CHECK_LE(us, now() + 1);
    }
  task_unmap(env.task, memory_page(Elsewhere, L4_PAGESHIFT, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
}

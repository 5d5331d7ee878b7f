// SPDX-License-Identifier: MIT
// Faults as signals.
#include "posix.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

namespace {

jmp_buf back;
siginfo_t seen;
volatile int number;
char *volatile repaired;

void unblock(int signal)
{
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

void leave(int signal, siginfo_t *info, void *)
{
  number = signal;
  seen = *info;
  unblock(signal);
  longjmp(back, 1);
}

void install(int signal, void (*handler)(int, siginfo_t *, void *), int flags = 0)
{
  struct sigaction action = {};
  if (handler) {
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | flags;
  }
  CHECK_EQ(sigaction(signal, &action, nullptr), 0);
}

CASE("POSIX SIGSEGV", "handler with address and kind of fault, left by longjmp, ten times")
{
  install(SIGSEGV, leave);
  int volatile i = 0; // survives the jump
  while (i < 10) {
    number = 0;
    auto const bad = reinterpret_cast<char *>(0x123450000 + i * 0x1000);
    if (!setjmp(back)) *static_cast<char volatile *>(bad) = 1;
    CHECK_EQ(number, SIGSEGV);
    CHECK(seen.si_addr == bad);
    CHECK_EQ(seen.si_code, SEGV_MAPERR);
    i = i + 1;
  }
  install(SIGSEGV, nullptr);
}

CASE("POSIX SIGSEGV", "a write to memory that may only be read: SEGV_ACCERR")
{
  install(SIGSEGV, leave);
  auto const p =
      static_cast<char *>(mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  number = 0;
  if (!setjmp(back)) *static_cast<char volatile *>(p) = 1;
  CHECK_EQ(number, SIGSEGV);
  CHECK(seen.si_addr == p);
  CHECK_EQ(seen.si_code, SEGV_ACCERR);
  munmap(p, 4096);
  install(SIGSEGV, nullptr);
}

void repair(int, siginfo_t *info, void *)
{
  void *const page =
      reinterpret_cast<void *>(reinterpret_cast<l4_addr_t>(info->si_addr) & ~0xfffUL);
  repaired = static_cast<char *>(
      mmap(page, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
}

CASE("POSIX SIGSEGV", "a handler that repairs and returns: the instruction is executed again")
{
  install(SIGSEGV, repair);
  auto const p = reinterpret_cast<char volatile *>(0x200000000 + 8);
  repaired = nullptr;
  *p = 42;
  CHECK_EQ(*p, 42);
  CHECK(repaired == reinterpret_cast<char *>(0x200000000));
  munmap(repaired, 4096);
  install(SIGSEGV, nullptr);
}

CASE("POSIX SIGFPE, SIGILL, SIGTRAP", "each fault its signal")
{
  for (int signal : {SIGFPE, SIGILL, SIGTRAP})
    install(signal, leave);
  volatile int zero = 0;
  number = 0;
  if (!setjmp(back)) zero = 7 / zero;
  CHECK_EQ(number, SIGFPE);
  number = 0;
  if (!setjmp(back)) asm volatile("ud2");
  CHECK_EQ(number, SIGILL);
  number = 0;
  if (!setjmp(back)) asm volatile("int3");
  CHECK_EQ(number, SIGTRAP);
  for (int signal : {SIGFPE, SIGILL, SIGTRAP})
    install(signal, nullptr);
}

int volatile deepest = -1; ///< never reached, which the compiler must not know

[[gnu::noinline]] int overflow(int n)
{
  volatile char block[1024];
  block[0] = static_cast<char>(n);
  return n == deepest ? n : overflow(n + 1) + block[0];
}

void *run_over(void *alternate)
{
  stack_t const stack = {alternate, 0, SIGSTKSZ};
  stack_t old;
  if (sigaltstack(&stack, &old) < 0 || !(old.ss_flags & SS_DISABLE)) return alternate;
  number = 0;
  if (!setjmp(back)) overflow(0);
  stack_t const none = {nullptr, SS_DISABLE, 0};
  return sigaltstack(&none, nullptr) < 0 ? alternate : nullptr;
}

CASE("POSIX sigaltstack", "a stack overflow is handled on the other stack")
{
  install(SIGSEGV, leave, SA_ONSTACK);
  void *const alternate = malloc(SIGSTKSZ);
  CHECK(!join(start(run_over, alternate)));
  CHECK_EQ(number, SIGSEGV);
  free(alternate);
  char few[16];
  stack_t const small = {few, 0, sizeof(few)};
  CHECK_FAILS(sigaltstack(&small, nullptr), ENOMEM);
  install(SIGSEGV, nullptr);
}

jmp_buf inner;
volatile bool kept;

void leave_inner(int signal, siginfo_t *, void *)
{
  char volatile own[512];
  for (char volatile &c : own)
    c = 0x11;
  unblock(signal);
  longjmp(inner, 1);
}

/// A handler in which a fault happens, which another handler leaves.
void fault_again(int signal, siginfo_t *info, void *context)
{
  char volatile mine[256];
  for (char volatile &c : mine)
    c = 0x5a;
  int volatile zero = 0;
  if (!setjmp(inner)) zero = 1 / zero;
  bool same = true;
  for (char volatile const &c : mine)
    same = same && c == 0x5a;
  kept = same;
  leave(signal, info, context);
}

CASE("POSIX sigaltstack", "a fault in a handler is handled below it on the same stack")
{
  install(SIGSEGV, fault_again, SA_ONSTACK);
  install(SIGFPE, leave_inner, SA_ONSTACK);
  void *const memory = malloc(SIGSTKSZ);
  stack_t const stack = {memory, 0, SIGSTKSZ}, none = {nullptr, SS_DISABLE, 0};
  CHECK_EQ(sigaltstack(&stack, nullptr), 0);
  kept = false;
  if (!setjmp(back)) *reinterpret_cast<char volatile *>(0x123450000) = 1;
  CHECK(kept);
  CHECK_EQ(number, SIGSEGV);
  CHECK_EQ(sigaltstack(&none, nullptr), 0);
  free(memory);
  install(SIGSEGV, nullptr);
  install(SIGFPE, nullptr);
}

l4_umword_t volatile flags_of_handler;

CASE("psABI 3.2.1", "a handler begins with the direction flag clear, whatever it interrupts")
{
  install(SIGILL, [](int signal, siginfo_t *info, void *context) {
    l4_umword_t flags;
    asm volatile("pushfq\n pop %0\n cld" : "=r"(flags));
    flags_of_handler = flags;
    leave(signal, info, context);
  });
  constexpr l4_umword_t Direction = 0x400, Always = 2;
  flags_of_handler = 0;
  if (!setjmp(back)) asm volatile("std\n ud2");
  CHECK_EQ(flags_of_handler & (Direction | Always), Always);
  install(SIGILL, nullptr);
}

} // namespace

/* SPDX-License-Identifier: MIT */
/* Fails in the way that the argument names. */
#include <l4/libc/diagnose.h>
#include <l4/sys/ipc.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static volatile int zero;
static int const constant = 1;

static void write_to(unsigned long address) { *(volatile int *)address = 1; }
static void jump_to(unsigned long address) { ((void (*)(void))address)(); }

/* Not a tail call, and each frame is used: the compiler cannot make a loop of it. The depth never
   reaches its end, which the compiler does not know. */
static int recurse(int depth)
{
  volatile char frame[512];
  if (depth == zero - 1)
    return 0;
  frame[0] = (char)depth;
  return recurse(depth + 1) + frame[0];
}

/* Three callers with names. What follows each call keeps it from being a jump. */
__attribute__((noinline)) static int innermost(int *p)
{
  *p = 1;
  return zero;
}
__attribute__((noinline)) static int middle(int *p) { return innermost(p) + zero + 1; }
static int (*volatile through_pointer)(int *) = middle;
__attribute__((noinline)) static int outermost(int *p) { return through_pointer(p) + zero + 2; }

static void *recurse_in_thread(void *unused)
{
  (void)unused;
  zero = recurse(0);
  return NULL;
}

static void overflow_thread(void)
{
  pthread_t thread;
  pthread_create(&thread, NULL, recurse_in_thread, NULL);
  pthread_join(thread, NULL);
}

/* All general registers but the stack pointer hold their own number. */
static void fill_registers(void)
{
  __asm__ volatile("mov $0x1001, %eax\n mov $0x1002, %ebx\n mov $0x1003, %ecx\n mov $0x1004, %edx\n"
                   "mov $0x1005, %esi\n mov $0x1006, %edi\n mov $0x1007, %ebp\n mov $0x1008, %r8d\n"
                   "mov $0x1009, %r9d\n mov $0x100a, %r10d\n mov $0x100b, %r11d\n mov $0x100c, %r12d\n"
                   "mov $0x100d, %r13d\n mov $0x100e, %r14d\n movabs $0xfedcba9876543210, %r15\n"
                   "ud2");
}

static void call_empty(void)
{
  l4_cap_idx_t const empty = 0x4242UL << L4_CAP_SHIFT;
  l4_msgtag_t const tag =
    l4_ipc_call(empty, l4_utcb(), l4_msgtag(0, 0, 0, 0), L4_IPC_NEVER);
  l4_ipc_check(empty, tag, "ask the server");
}

static void fail(char const *kind)
{
  if (!strcmp(kind, "null"))
    write_to(0);
  else if (!strcmp(kind, "unmapped"))
    write_to(0x123456789000UL);
  else if (!strcmp(kind, "constant"))
    write_to((unsigned long)&constant);
  else if (!strcmp(kind, "jump"))
    jump_to(0xdead000);
  else if (!strcmp(kind, "data"))
    jump_to((unsigned long)&zero);
  else if (!strcmp(kind, "divide"))
    zero = 100 / zero;
  else if (!strcmp(kind, "stack"))
    zero = recurse(0);
  else if (!strcmp(kind, "thread-stack"))
    overflow_thread();
  else if (!strcmp(kind, "registers"))
    fill_registers();
  else if (!strcmp(kind, "capability"))
    call_empty();
  else if (!strcmp(kind, "backtrace"))
    zero = outermost((int *)0x30UL);
  else if (!strcmp(kind, "opcode"))
    __asm__ volatile("ud2");
  else if (!strcmp(kind, "privileged"))
    __asm__ volatile("hlt");
  else if (!strcmp(kind, "port"))
    __asm__ volatile("outb %%al, %%dx" : : "a"(0), "d"(0x80));
  else if (!strcmp(kind, "canonical"))
    write_to(0x8000000000000000UL);
}

int main(int argc, char **argv)
{
  if (argc < 2)
    return 99;
  printf("about to fail: %s\n", argv[1]);
  fail(argv[1]);
  puts("still alive");
  return 98;
}

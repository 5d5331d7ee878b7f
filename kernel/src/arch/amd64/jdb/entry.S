// SPDX-License-Identifier: MIT
// The instructions that the debugger cannot write in C++.
#include "arch/amd64/registers.inc"

  .text
// An NMI, at any instruction: GS may be the user's, the stack is the one of this CPU's IST entry.
  .globl debug_nmi
debug_nmi:
  push $0
  push $2
  push_registers
  mov %rsp, %rdi
  and $-16, %rsp
  mov %rdi, %rbx
  cld
  call debug_stopped
  mov %rbx, %rsp
  pop_registers
  iretq

// int debug_read(void const *address): the byte there. An exception at debug_read_at goes on at
// debug_read_failed.
  .globl debug_read, debug_read_at, debug_read_failed
debug_read:
debug_read_at:
  movzbl (%rdi), %eax
  ret
debug_read_failed:
  mov $-1, %eax
  ret

// void debug_run(void (*session)()): on the debugger's stack. An exception of the debugger goes on
// at debug_again.
  .globl debug_run, debug_again
debug_run:
  .irp register, rbp, rbx, r12, r13, r14, r15
  push %\register
  .endr
  mov %rsp, outer_stack(%rip)
  mov %rdi, session(%rip)
debug_again:
  lea stack_end(%rip), %rsp
  xor %ebp, %ebp
  cld
  call *session(%rip)
  mov outer_stack(%rip), %rsp
  .irp register, r15, r14, r13, r12, rbx, rbp
  pop %\register
  .endr
  ret

  .bss
  .balign 16
  .skip 16384
stack_end:
outer_stack:
  .skip 8
session:
  .skip 8

// SPDX-License-Identifier: MIT
// First stage of the system call (abi/kernel-entry.md sections 1 and 2): what ends where it began, in the three
// registers that the user has lost (rdx, rdi, r15) and without a stack: a call of an empty slot, cap_valid, and
// control without flags. All else is only told apart here, and goes on in the C++ stages (ipc/entry.h).
#include "arch/amd64/offsets.h"
#include "arch/amd64/registers.inc"

  .section .rodata
  .balign 8
ways_by_type:                  // Kobject::Type
  .quad to_dead, to_thread, to_gate, to_task
  .rept OBJECT_TYPES - 4
  .quad to_object
  .endr

  .section .text.hot.entry, "ax"

// A selector without operation bits becomes its index, any other something larger than all indices.
.macro to_index selector
  ror $12, \selector
  cmp $SLOT_COUNT, \selector
.endm
// The entry word of a slot. `pages`: the directory of the object space, lost as is `index`; rdx: number of the page.
.macro look_up pages, index, index_32, entry
  mov \index_32, %edx
  shr $SLOT_PAGE_SHIFT, %edx
  mov (\pages,%rdx,8), \pages
  and $((1 << SLOT_PAGE_SHIFT) - 1), \index_32
  shl $SLOT_SHIFT, \index_32
  mov (\pages,\index), \entry
.endm
// To C++. rdi: current
.macro begin_stage
  mov %rcx, THREAD_RIP(%rdi)
  mov %r11, THREAD_RFLAGS(%rdi)
  mov %rsp, THREAD_RSP(%rdi)
  mov %rsi, THREAD_RSI(%rdi)
  mov %r8, THREAD_R8(%rdi)
  mov %gs:CPU_KERNEL_STACK, %rsp
  mov %rax, %rsi
.endm
.macro begin_last_stage
  begin_stage
  mov %r9, THREAD_R9(%rdi)
  mov %r10, THREAD_R10(%rdi)
.endm
// The same with a call's arguments. rdx: entry of the slot
.macro begin_call
  begin_last_stage
  mov %rdx, %rcx
  mov %gs:CPU_SELECTOR, %rdx
.endm
// Back to the user. No kernel value may leak: rdx, rdi and r15 hold none.
.macro answer
  swapgs
  sysretq
.endm

  .globl syscall_entry
  .balign 64
syscall_entry:
  swapgs
  mov %rdx, %gs:CPU_SELECTOR
  mov %gs:CPU_CURRENT, %rdi
#if defined FURORE_NO_FASTPATH
  jmp other
#elif defined FURORE_DEBUG     // shortcuts explain nothing
  cmpb $0, JDB_WATCHES
  jne other
#endif
  lea -OP_CALL(%rdx), %r15
  to_index %r15
  jae no_plain_call
  mov THREAD_TASK(%rdi), %rdi
  mov TASK_SLOT_PAGES(%rdi), %rdi
  look_up %rdi, %r15, %r15d, %rdx
  cmp $SLOT_FLAGS, %rdx
  jbe to_nothing
  mov %rdx, %r15
  and $~SLOT_FLAGS, %r15       // the object
  movzbl OBJECT_TYPE(%r15), %edi // read once: another CPU may kill it any time
  jmp *ways_by_type(,%rdi,8)

to_dead:
  xor %edx, %edx
  xor %r15d, %r15d
to_nothing:
  mov %gs:CPU_CURRENT, %rdi
  mov THREAD_UTCB(%rdi), %rdi
  movq $ERROR_NOT_EXISTENT, UTCB_ERROR(%rdi)
  mov $TAG_ERROR, %eax
  xor %edi, %edi
  answer

to_gate:
  mov %gs:CPU_CURRENT, %rdi
  test %rax, %rax
  js gate_or_kernel            // as the protocols for objects of the kernel are
call_gate:
  begin_call
  call sys_call_gate

gate_or_kernel:
  mov %rax, %r15
  sar $16, %r15
  cmp $PROTOCOL_KOBJECT, %r15
  jne call_gate
to_general:
  mov %gs:CPU_CURRENT, %rdi
  begin_call
  call repeat_general

to_thread:
  mov %gs:CPU_CURRENT, %rdi
  test %rax, %rax
  js thread_or_kernel
call_thread:
  begin_call
  call sys_call_thread
thread_or_kernel:
  cmp $TAG_THREAD_CONTROL, %rax
  je thread_control
  mov %rax, %r15
  sar $16, %r15
  cmp $PROTOCOL_THREAD, %r15
  jne call_thread
to_object:
  mov %gs:CPU_CURRENT, %rdi
  begin_call
  mov %rdi, %r15
  call sys_object
  jmp stage_done

// Without flags, of a thread of this CPU: who are its handlers?
thread_control:
  test $SLOT_RIGHT_S, %dl
  jz to_object
  movzbl THREAD_CPU(%rdi), %edi
  cmp %dil, THREAD_CPU(%r15)
  jne to_object
  mov %gs:CPU_CURRENT, %rdi
  mov THREAD_UTCB(%rdi), %rdi
  cmpq $0, UTCB_MR0(%rdi)
  jne to_object
  movzwl THREAD_PAGER(%r15), %edx
  shl $12, %rdx
  mov %rdx, UTCB_MR0 + 8(%rdi)
  movzwl THREAD_EXC_HANDLER(%r15), %edx
  shl $12, %rdx
  mov %rdx, UTCB_MR0 + 16(%rdi)
  mov $3, %eax                 // words
  xor %edi, %edi
  xor %r15d, %r15d
  answer

to_task:
  mov %gs:CPU_CURRENT, %rdi
  cmp $TAG_TASK_CAP_INFO, %rax
  jne task_operation
  mov THREAD_UTCB(%rdi), %rdi
  cmpq $TASK_CAP_INFO, UTCB_MR0(%rdi)
  jne to_object
  mov TASK_SLOT_PAGES(%r15), %r15
  mov UTCB_MR0 + 8(%rdi), %rdi
  to_index %rdi
  jae to_general
  look_up %r15, %rdi, %edi, %r15
  and $~SLOT_FLAGS, %r15
  jz no_object
  cmpb $0, OBJECT_TYPE(%r15)   // dead
  je no_object
  mov $(1 << 16), %eax         // label: there is an object
  xor %r15d, %r15d
  answer
no_object:
  xor %eax, %eax
  xor %r15d, %r15d
  answer

task_operation:
  begin_call
  mov %rdi, %r15
  call sys_task
  jmp stage_done

// Sends, answers, waits, and calls of what no slot can be. sys_other() does not touch r9 and r10 (kernel/Makefile).
no_plain_call:
  mov %edx, %r15d
  and $OP_ANSWER, %r15d
  cmp $OP_ANSWER, %r15d
  je reply
other:
  begin_stage
  call sys_other              // (self, tag, selector)
  mov %gs:CPU_CURRENT, %rsi
  load_state %rsi
  mov THREAD_RSI(%rsi), %rsi
  xor %edi, %edi
  xor %edx, %edx
  answer
reply:
  begin_last_stage
  call sys_reply

// SPDX-License-Identifier: MIT
// All ways between user mode and the kernel. Interrupts are off in the kernel; RSP0 in the TSS is
// the top of the current thread's frame, so the CPU itself stores the user state into the Thread.
// In the kernel GS base is this CPU's Cpu; the user's GS base waits behind SWAPGS.
#include "arch/amd64/offsets.h"
#include "arch/amd64/registers.inc"

// #DF #TS #NP #SS #GP #PF #AC #CP #VC #SX
#define EXCEPTIONS_WITH_ERROR_CODE 0x60227d00

  .section .text.hot.entry, "ax"

.macro store_callee_saved self
  mov %rbx, THREAD_RBX(\self)
  mov %rbp, THREAD_RBP(\self)
  mov %r12, THREAD_R12(\self)
  mov %r13, THREAD_R13(\self)
  mov %r14, THREAD_R14(\self)
.endm
.macro load_callee_saved self
  mov THREAD_RBX(\self), %rbx
  mov THREAD_RBP(\self), %rbp
  mov THREAD_R12(\self), %r12
  mov THREAD_R13(\self), %r13
  mov THREAD_R14(\self), %r14
.endm

// What the CPU has of a thread beside its general registers and its address space, from rcx to rdi, if neither
// has anything unusual. rax is lost; r8 is then the place of RSP0. In the end GS base is the user's.
.macro exchange_current otherwise
  mov %ds, %eax                // data selectors reach further than a thread only in DS and ES:
  mov %es, %r8d                // FS and GS are known by their bases
  xor $SEL_USER_DATA, %eax
  xor $SEL_USER_DATA, %r8d
  or %r8d, %eax
  jnz \otherwise
  rdfsbase %rax
  mov %rax, THREAD_FS_BASE(%rcx)
  mov THREAD_FS_BASE(%rdi), %rax
  wrfsbase %rax
  mov %rdi, %gs:CPU_CURRENT
  mov %gs:CPU_TSS_RSP0, %r8
  lea THREAD_FRAME_TOP(%rdi), %rax
  mov %rax, (%r8)
.endm
.macro exchange_user_gs
  swapgs
  rdgsbase %rax
  mov %rax, THREAD_GS_BASE(%rcx)
  mov THREAD_GS_BASE(%rdi), %rax
  wrgsbase %rax
.endm

// The last stages of a system call (first_stage.S), they may block: self in r15. Those that an earlier stage jumps to
// drop its return address.
  .globl enter_trigger, enter_object, enter_general, repeat_general, stage_done
enter_trigger:
  mov %r9, THREAD_R9(%rdi)
  mov %r10, THREAD_R10(%rdi)
  jmp sys_trigger
enter_object:
  mov %r9, THREAD_R9(%rdi)
  mov %r10, THREAD_R10(%rdi)
  mov %rdi, %r15
  movq $stage_done, (%rsp)
  jmp sys_object
enter_general:
  mov %r9, THREAD_R9(%rdi)
  mov %r10, THREAD_R10(%rdi)
repeat_general:
  mov %rdi, %r15
  lea 8(%rsp), %rsp
  call sys_general
stage_done:                    // rax is the next thread, or null
  cmp %r15, %rax
  jne 1f
  mov %r15, %rsi
  testb $(EXIT_CONTINUES | EXIT_COMPLETE | EXIT_RELOAD_SEGMENTS), THREAD_EXIT_FLAGS(%rsi)
  jz leave_live
  store_callee_saved %r15      // self goes on, but there is something to do first
  mov %r15, %rbx
  jmp leave_special
1:
  mov %r15, %rcx
  mov %rax, %rdi
  test %rax, %rax
  jz 2f
  mov THREAD_RAX(%rdi), %rdx
  mov THREAD_RSI(%rdi), %rsi
  jmp switch_with_message
2:
  store_callee_saved %r15
ask_scheduler:
  call schedule
  jmp next_is_rax

// Word switch_with_message(Thread *next, Word label, Word tag, Thread *self): what dispatch and switch_to() do
// in general, for the common case that neither thread has anything unusual and the next one blocked in a
// system call as well. rbx, rbp, r12..r14 are preserved by the C++ ABI, so they are stored only here;
// r15 is the user's to lose.
  .globl switch_with_message
switch_with_message:
  store_callee_saved %rcx
  mov THREAD_EXIT_FLAGS(%rdi), %al
  or THREAD_EXIT_FLAGS(%rcx), %al
  jnz switch_special
1:
  exchange_current switch_in_general
  mov THREAD_SPACE(%rdi), %rax // not null: only idle has none, and that has a continuation
  cmp %gs:CPU_LOADED_SPACE, %rax
  je 2f
  mov %rax, %gs:CPU_LOADED_SPACE
  movw $NO_IO_PORTS, TSS_RSP0_TO_IO_BITMAP(%r8)
  mov SPACE_ROOT_WORD(%rax), %rax // it ran here before: this CPU may keep the space's translations
  mov %rax, %cr3
2:
  exchange_user_gs
  load_callee_saved %rdi
  load_state %rdi
  mov THREAD_R9(%rdi), %r9
  mov THREAD_R10(%rdi), %r10
  mov %rdx, %rax               // the tag may stay in rdx, and the label is in rsi
  xor %edi, %edi
  xor %r15d, %r15d
  sysretq

switch_special:
  test $(0xff & ~EXIT_FPU_LIVE), %al
  jnz switch_in_general
  mov %rdi, %rbx
  mov %rsi, %rbp
  mov %rdx, %r12
  mov %rcx, %r13
  mov %rcx, %rsi
  call switch_fpu              // new, old
  mov %rbx, %rdi
  mov %rbp, %rsi
  mov %r12, %rdx
  mov %r13, %rcx
  jmp 1b

switch_in_general:
  mov %rdx, THREAD_RAX(%rdi)
  mov %rsi, THREAD_RSI(%rdi)
  mov %rdi, %rax
next_is_rax:
  mov %rax, %rbx
dispatch:                      // rbx: the thread to run
  cmp %rbx, %gs:CPU_CURRENT
  je leave
  mov %rbx, %rdi
  call switch_to
leave:                         // rbx: current
  testb $(EXIT_CONTINUES | EXIT_COMPLETE | EXIT_RELOAD_SEGMENTS), THREAD_EXIT_FLAGS(%rbx)
  jnz leave_special
leave_by_frame:
  mov %rbx, %rsi
  load_callee_saved %rsi
leave_live:                    // rsi: current
  load_state %rsi
  mov THREAD_R9(%rsi), %r9
  mov THREAD_R10(%rsi), %r10
  mov THREAD_RAX(%rsi), %rax
  mov THREAD_RSI(%rsi), %rsi
  xor %edi, %edi               // no kernel value may leak
  xor %edx, %edx
  xor %r15d, %r15d
  swapgs
  sysretq

// void arch::switch_to(Thread *next)
  .globl switch_to
switch_to:
  mov %gs:CPU_CURRENT, %rcx
  mov THREAD_EXIT_FLAGS(%rdi), %al
  or THREAD_EXIT_FLAGS(%rcx), %al
  test $EXIT_RARE, %al
  jnz switch_rarely
  test $EXIT_FPU_LIVE, %al
  jz 1f
  push %rdi
  mov %rcx, %rsi
  call switch_fpu              // new, old
  pop %rdi
  mov %gs:CPU_CURRENT, %rcx
1:
  exchange_current switch_rarely
  exchange_user_gs
  swapgs
  mov THREAD_SPACE(%rdi), %rdi // idle has none: it keeps what is loaded, which is often needed next
  test %rdi, %rdi
  jz 2f
  cmp %gs:CPU_LOADED_SPACE, %rdi
  jne load_space
2:
  ret

continuation:
  mov %rbx, %rdi
  call run_continuation
  jmp next_is_rax

// void arch::run(Thread *first): current is `first` already, its state is loaded.
  .globl run_first
run_first:
  mov %gs:CPU_KERNEL_STACK, %rsp
  mov %rdi, %rbx
  jmp leave

leave_special:
  testb $EXIT_CONTINUES, THREAD_EXIT_FLAGS(%rbx)
  jnz continuation
  testb $EXIT_RELOAD_SEGMENTS, THREAD_EXIT_FLAGS(%rbx)
  jz 1f
  mov %rbx, %rdi
  call reload_segments
1:
  testb $EXIT_COMPLETE, THREAD_EXIT_FLAGS(%rbx)
  jz leave_by_frame
  andb $~EXIT_COMPLETE, THREAD_EXIT_FLAGS(%rbx)
  shlq $16, THREAD_RIP(%rbx)
  sarq $16, THREAD_RIP(%rbx)
  lea THREAD_R15(%rbx), %rsp
  swapgs
  pop_registers
user_iretq:
  iretq

// System calls that are not executed: those of a thread with the exit flag Intercepted, and any in a 32-bit
// segment (where some CPUs raise #UD, others come here). They become traps with a complete frame.
.macro trap_by_syscall code_selector, vector
  swapgs
  mov %rsp, %gs:CPU_USER_RSP
  mov %gs:CPU_TSS_RSP0, %rsp
  mov (%rsp), %rsp
  push $SEL_USER_DATA
  push %gs:CPU_USER_RSP
  push %r11
  push $\code_selector
  push %rcx
  push $0
  push $\vector
  swapgs
.endm
  .globl intercepted_syscall, syscall32
intercepted_syscall:
  trap_by_syscall SEL_USER_CODE, TRAP_SYSTEM_CALL
  mov %r8, %rcx                // the timeout: abi/kernel-entry.md section 9
  jmp trap_in_user
syscall32:
  sub $2, %rcx
  trap_by_syscall SEL_USER_CODE32, TRAP_UNDEFINED
  jmp trap_in_user

// Exceptions and interrupts: each stub completes (error code, vector) on the stack.
trap:
  testb $3, 24(%rsp)
  jz trap_in_kernel
trap_in_user:
  push_registers
  swapgs
  lea -THREAD_R15(%rsp), %rbx
  mov %gs:CPU_KERNEL_STACK, %rsp
  orb $EXIT_COMPLETE, THREAD_EXIT_FLAGS(%rbx)
  push $2                      // the user's DF, AC and NT do not hold here
  popfq
  mov %rbx, %rdi
  call trap_from_user
  jmp next_is_rax

trap_in_kernel:
  cmpq $user_iretq, 16(%rsp)
  je bad_return
trap_fatal:
  push_registers
  mov %rsp, %rdi
  sub $8, %rsp
  cld
  call trap_from_kernel
  add $8, %rsp
  pop_registers
  iretq

// IRETQ refused the user's selectors (abi/kernel-objects.md section 3, gdt_x86: descriptors may
// change under a thread). RSP was at the frame's rip, the CPU aligned it down by 8 and pushed below
// it: the upper five words of the frame are whole and all other registers hold the user's values.
// Move vector and error code to their places and go on as if the user's next instruction had raised
// the exception.
bad_return:
  popq THREAD_TRAPNO - (THREAD_RIP - 8 - 6 * 8)(%rsp)
  popq THREAD_ERROR - (THREAD_RIP - 8 - 5 * 8)(%rsp)
  add $(THREAD_TRAPNO - (THREAD_RIP - 8 - 5 * 8)), %rsp
  jmp trap_in_user

// One stub of STUB_BYTES per vector.
  .globl trap_stubs
  .balign STUB_BYTES
trap_stubs:
  .set vector, 0
  .rept VECTORS
  .if vector == 2              // nothing listens to NMIs; GS and the stack may be anybody's here
  iretq
  .else
  .if vector >= 32 || !(1 << (vector & 31) & EXCEPTIONS_WITH_ERROR_CODE)
  push $0
  .endif
  pushq $vector
  .if vector == 8 || vector == 18 // on a stack of their own, never to return
  jmp trap_fatal
  .else
  jmp trap
  .endif
  .endif
  .balign STUB_BYTES
  .set vector, vector + 1
  .endr

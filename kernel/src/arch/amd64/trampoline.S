// SPDX-License-Identifier: MIT
// First instructions of the other CPUs: copied to a page below 1 MiB, entered in real mode with
// CS:IP = page:0 (Intel SDM vol. 3, 9.4). From there into long mode in one step.
#include "arch/amd64/offsets.h"

  .section .data.trampoline, "aw"
  .globl trampoline
  .balign 8
trampoline:
  .code16
  cli
  cld
  mov %cs, %ax
  mov %ax, %ds
  lgdtl gdtr - trampoline
  mov $0xa0, %eax              // CR4: PAE, PGE
  mov %eax, %cr4
  mov $(boot_pml4 - KERNEL_OFFSET), %eax
  mov %eax, %cr3
  mov $0xc0000080, %ecx        // EFER: LME, NXE
  mov $0x900, %eax
  xor %edx, %edx
  wrmsr
  mov $0x80000011, %eax        // CR0: PG, ET, PE
  mov %eax, %cr0
  ljmpl $SEL_KERNEL_CODE, $(long_mode - KERNEL_OFFSET)
gdtr:
  .word 15
  .long gdt - KERNEL_OFFSET
  .org trampoline + TRAMPOLINE_BYTES

  .section .rodata.trampoline, "a"
  .balign 8
gdt:
  .quad 0, 0x00af9b000000ffff

  .text
  .code64
long_mode:                     // at its physical address
  mov $cpu_high, %rax
  jmp *%rax
cpu_high:
  mov $(kernel_root - KERNEL_OFFSET), %eax
  mov %rax, %cr3
  mov starting_cpu, %rdi
  lea ARCH_CPU_BYTES(%rdi), %rsp
  xor %ebp, %ebp
  call cpu_main
  ud2

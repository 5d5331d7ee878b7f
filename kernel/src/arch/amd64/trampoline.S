// SPDX-License-Identifier: MIT
// First instructions of the other CPUs: copied to a page below 1 MiB, entered in real mode with
// CS:IP = page:0 (Intel SDM vol. 3, 9.4). From there into long mode in one step.
#include "arch/amd64/offsets.h"

  .section .rodata.trampoline, "a"
  .globl trampoline
  .balign 8
trampoline:
  .code16
  cli
  cld
  xor %eax, %eax
  mov %cs, %ax
  mov %ax, %ds
  shl $4, %eax                 // the page's address
  lea gdt - trampoline(%eax), %ebx
  mov %ebx, gdt_base - trampoline
  lea long_mode - trampoline(%eax), %ebx
  mov %ebx, target - trampoline
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
  ljmpl *(target - trampoline)
  .code64
long_mode:
  mov $cpu_high, %rax
  jmp *%rax
  .balign 8
gdt:
  .quad 0, 0x00af9b000000ffff
gdtr:
  .word 15
gdt_base:                      // filled in: physical address of gdt
  .long 0
target:                        // filled in: physical address of long_mode
  .long 0
  .word SEL_KERNEL_CODE
  .org trampoline + TRAMPOLINE_BYTES

  .text
cpu_high:
  xor %eax, %eax
  mov %eax, %ds
  mov %eax, %es
  mov %eax, %ss
  mov %eax, %fs
  mov %eax, %gs
  mov starting_root_table, %rax
  mov %rax, %cr3
  mov starting_cpu, %rdi
  lea ARCH_CPU_BYTES(%rdi), %rsp
  xor %ebp, %ebp
  call cpu_main
  ud2

// SPDX-License-Identifier: MIT
// First instructions of the kernel (abi/boot.md section 3): from the loader's identity map to the
// kernel's own addresses and stack.
#include "arch/amd64/offsets.h"

  .section .text.start, "ax"
  .globl start
start:
  cli
  cld
  rdtsc                        // start of the clock of the boot log
  shl $32, %rdx
  lea (%rdx,%rax), %rdi
  lea boot_pml4(%rip), %rax    // runs at its physical address here, so this is one too
  mov %rax, %cr3
  mov $high, %rax
  jmp *%rax
high:
  mov $(boot_arch_cpu + ARCH_CPU_BYTES), %rsp
  xor %ebp, %ebp
  call boot_main
  ud2

// Page tables for the way up, also used by starting CPUs: the first 2 MiB and the image's memory,
// at their physical address and at the kernel's.
#define PAGE_TABLE 0x3         // present, writable
#define LARGE_PAGE 0x83
  .section .data.pages, "aw"
  .balign 4096
  .globl boot_pml4
boot_pml4:
  .quad boot_pdpt - KERNEL_OFFSET + PAGE_TABLE
  .fill 510, 8, 0
  .quad boot_pdpt - KERNEL_OFFSET + PAGE_TABLE
boot_pdpt:
  .quad boot_pd - KERNEL_OFFSET + PAGE_TABLE
  .fill 509, 8, 0
  .quad boot_pd - KERNEL_OFFSET + PAGE_TABLE
  .quad 0
boot_pd:
  .quad LARGE_PAGE
  .quad 0
  .quad 0x400000 + LARGE_PAGE
  .fill 509, 8, 0

  .section .bss.pages, "aw", @nobits
  .balign 4096
  .globl boot_arch_cpu
boot_arch_cpu:
  .skip ARCH_CPU_BYTES

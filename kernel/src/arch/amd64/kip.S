// SPDX-License-Identifier: MIT
// Kernel info page and kernel option block as they stand in the image (abi/kernel-entry.md section
// 8, abi/boot.md section 2). The loader and boot/kip.cc fill in the rest.

#define DESCRIPTORS 64
#define VERSIONS 0x490

  .section .kip, "aw"
  .balign 4096
  .globl kip_page
kip_page:
  .long 0x4be6344c             // magic
  .long 0x87034444             // version, subversion 3
  .byte VERSIONS / 16
  .org 0x50
  .long 1                      // scheduler granularity, microseconds: one-shot timer
  .long 0x90                   // memory descriptors: offset, number
  .long DESCRIPTORS
  .org 0x80
  .long 1                      // is_mp
  .org 0x90
  .fill DESCRIPTORS * 2, 8, 0
  .org VERSIONS
  .asciz "Furore " FURORE_VERSION " (amd64)"
  .asciz "abiver:3"
  .asciz "segments"
  .asciz "mapdb"
  .asciz "pf_tramp"
#ifdef FURORE_DEBUG
  .asciz "jdb"
#endif
  .asciz "fi_gr_cputime"
  .byte 0

// Clock functions, called by user programs at whatever address the page is mapped to: microseconds
// and nanoseconds since boot in rax, changing nothing but rdx and flags.
  .org 0x900
  rdtsc
  shl $32, %rdx
  or %rdx, %rax
  mulq kip_us_scaler(%rip)     // a fraction of 2^64
  mov %rdx, %rax
  ret
  .org 0x980
  rdtsc
  shl $32, %rdx
  or %rdx, %rax
  mulq kip_ns_scaler(%rip)     // 32 bits behind the point
  shrd $32, %rdx, %rax
  ret
  .org 0x9f0
  .globl kip_us_scaler, kip_ns_scaler
kip_us_scaler:
  .quad 0
kip_ns_scaler:
  .quad 0
  .org 0x1000

  .section .options, "aw"
  .balign 8
  .globl kernel_options
kernel_options:
  .long 0x4c344b43             // magic
  .long 5                      // version
  .org 0xd8

// SPDX-License-Identifier: MIT
// Memory functions the compiler calls by name. Word-wise: an emulator counts each step of a string
// instruction, and the kernel moves words and pages.

  .section .text.memcpy, "ax"
  .globl memcpy, memmove
memmove:
  cmp %rsi, %rdi               // downwards: from the start; else from the end, byte-wise
  jbe memcpy
  mov %rdi, %rax
  lea -1(%rdi,%rdx), %rdi
  lea -1(%rsi,%rdx), %rsi
  mov %rdx, %rcx
  std
  rep movsb
  cld
  ret
memcpy:
  mov %rdi, %rax
  mov %rdx, %rcx
  shr $3, %rcx
  rep movsq
  mov %edx, %ecx
  and $7, %ecx
  rep movsb
  ret

  .section .text.memset, "ax"
  .globl memset
memset:
  mov %rdi, %r8
  movzbl %sil, %eax
  movabs $0x0101010101010101, %rcx
  imul %rcx, %rax
  mov %rdx, %rcx
  shr $3, %rcx
  rep stosq
  mov %edx, %ecx
  and $7, %ecx
  rep stosb
  mov %r8, %rax
  ret

  .section .text.memcmp, "ax"
  .globl memcmp
memcmp:
  xor %eax, %eax
  mov %rdx, %rcx
  cmp %rax, %rax               // equal if there is nothing to compare
  repe cmpsb
  je 1f
  movzbl -1(%rdi), %eax
  movzbl -1(%rsi), %ecx
  sub %ecx, %eax
1:
  ret

  .section .text.strlen, "ax"
  .globl strlen
strlen:
  or $-1, %rax
1:
  inc %rax
  cmpb $0, (%rdi,%rax)
  jne 1b
  ret

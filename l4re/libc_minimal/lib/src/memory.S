// SPDX-License-Identifier: MIT
/*
 * Memory functions of the C library. On every processor this runs on, the string instructions move
 * whole cache lines and need no warm-up code; short lengths take the byte form at once.
 */
	.text
	.balign	16
	.globl	memcpy
	.type	memcpy, @function
memcpy:
	mov	%rdi, %rax
	mov	%rdx, %rcx
	shr	$3, %rcx
	rep movsq
	mov	%edx, %ecx
	and	$7, %ecx
	rep movsb
	ret
	.size	memcpy, . - memcpy

	.balign	16
	.globl	memmove
	.type	memmove, @function
memmove:
	mov	%rdi, %rax
	sub	%rsi, %rax		// destination inside of the source: copy from the end
	cmp	%rdx, %rax
	jae	memcpy
	mov	%rdi, %rax
	lea	-1(%rdi,%rdx), %rdi
	lea	-1(%rsi,%rdx), %rsi
	mov	%rdx, %rcx
	std
	rep movsb
	cld
	ret
	.size	memmove, . - memmove

	.balign	16
	.globl	memset
	.type	memset, @function
memset:
	mov	%rdi, %r8
	movzbl	%sil, %eax
	mov	$0x0101010101010101, %rcx
	imul	%rcx, %rax
	mov	%rdx, %rcx
	shr	$3, %rcx
	rep stosq
	mov	%edx, %ecx
	and	$7, %ecx
	rep stosb
	mov	%r8, %rax
	ret
	.size	memset, . - memset

	.section .note.GNU-stack, "", @progbits

// SPDX-License-Identifier: MIT
/*
 * Entry of a program: rsp points to argc (process-environment.md section 5). Everything is read
 * from there by libc_start(), which runs on the same stack and does not return.
 */
	.section .text._start, "ax", @progbits
	.globl	_start
	.type	_start, @function
_start:
	.cfi_startproc
	.cfi_undefined rip
	xor	%ebp, %ebp
	mov	%rsp, %rdi
	and	$-16, %rsp
	call	libc_start
	ud2
	.cfi_endproc
	.size	_start, . - _start

	.section .note.GNU-stack, "", @progbits

// SPDX-License-Identifier: MIT
/*
 * Entry of a program: rsp points to argc (process-environment.md section 5). Everything is read
 * from there by libc_start(), which runs on the same stack and does not return.
 *
 * The C library may be a shared one, so what belongs to the program is handed over.
 */
	.section .text._start, "ax", @progbits
	.globl	_start
	.type	_start, @function
_start:
	.cfi_startproc
	.cfi_undefined rip
	xor	%ebp, %ebp
	mov	%rsp, %rdi
	lea	program(%rip), %rsi
	and	$-16, %rsp
	call	libc_start
	ud2
	.cfi_endproc
	.size	_start, . - _start

// struct Program of start.h
	.section .data.rel.ro.program, "aw", @progbits
	.balign	8
program:
	.quad	main
	.quad	_init, _fini
	.quad	__preinit_array_start, __preinit_array_end
	.quad	__init_array_start, __init_array_end
	.quad	__fini_array_start, __fini_array_end

// Identifies the program to __cxa_atexit().
	.globl	__dso_handle
	.hidden	__dso_handle
__dso_handle:
	.quad	__dso_handle

	.section .note.GNU-stack, "", @progbits

// SPDX-License-Identifier: MIT
/*
 * Entry point of a MODE = sigma0 program.
 *
 * The kernel starts sigma0 and the root task with rsp = 0: they get the static stack below. itas is
 * started by a loader with a filled stack (argc, argv, envp, aux vector), which it keeps.
 */
	.section .text._start, "ax", @progbits
	.globl	_start
	.type	_start, @function
_start:
	.cfi_startproc
	.cfi_undefined rip
	xor	%ebp, %ebp
	mov	%rsp, %rsi		// the loader's stack image, or 0
	test	%rsp, %rsp
	jnz	1f
	lea	libc_minimal_stack_end(%rip), %rsp
1:	and	$-16, %rsp
	call	libc_minimal_start	// (rdi as at entry, stack image)
	ud2
	.cfi_endproc
	.size	_start, . - _start

	.section .bss.libc_minimal_stack, "aw", @nobits
	.balign	4096
	.skip	32768
libc_minimal_stack_end:

	.section .note.GNU-stack, "", @progbits

// SPDX-License-Identifier: MIT
/*
 * Entry point of a test that runs as the root task. The kernel starts it with rsp = 0 and nothing in
 * the registers (abi/boot.md section 5).
 */
	.section .text._start, "ax", @progbits
	.globl	_start
	.type	_start, @function
_start:
	xor	%ebp, %ebp
	lea	tap_main_stack_end(%rip), %rsp
	call	tap_raw_start
	ud2
	.size	_start, . - _start

	.section .bss.tap_main_stack, "aw", @nobits
	.balign	4096
	.globl	tap_main_stack
tap_main_stack:
	.skip	65536
tap_main_stack_end:

	.section .note.GNU-stack, "", @progbits

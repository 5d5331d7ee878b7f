// SPDX-License-Identifier: MIT
/*
 * Head of the functions _init and _fini, whose bodies the linker collects from the sections .init
 * and .fini; crtn.S is their end. And what every program asks of its loader: the kernel
 * information page at a fixed address, so that the clock can be read with a direct call.
 */
	.section .init, "ax", @progbits
	.globl	_init
	.type	_init, @function
_init:
	sub	$8, %rsp

	.section .fini, "ax", @progbits
	.globl	_fini
	.type	_fini, @function
_fini:
	sub	$8, %rsp

	.section .rol4re_elf_aux, "a", @progbits
	.balign	8
	.quad	4			// element type: address of the KIP
	.quad	24			// length of this element
	.quad	0x6ffff000

	.section .note.GNU-stack, "", @progbits

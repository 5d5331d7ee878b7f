// SPDX-License-Identifier: MIT
/*
 * In every shared library: its identity for __cxa_atexit(), and the destructor that runs what was
 * registered under it. The entry is the first of .fini_array, which is run from its end.
 */
	.section .data.rel.ro, "aw", @progbits
	.balign	8
	.globl	__dso_handle
	.hidden	__dso_handle
__dso_handle:
	.quad	__dso_handle

	.section .fini_array, "aw", @fini_array
	.balign	8
	.quad	finish

	.text
	.type	finish, @function
finish:
	lea	__dso_handle(%rip), %rdi
	jmp	__cxa_finalize@PLT
	.size	finish, . - finish

	.section .note.GNU-stack, "", @progbits

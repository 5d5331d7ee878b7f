// SPDX-License-Identifier: MIT
/*
 * Where a thread goes on when the l4re of its task delivers a signal (l4/re/itas.h): rdi and rsp
 * are the frame. Saves what the frame does not hold, the registers of FPU and SSE (or AVX, where the
 * system uses XSAVE), calls the dispatcher, and asks for the registers of the frame.
 */
	.text
/* One library, also when libc is a shared one. */
	.hidden	libc_signal_fpu_size, libc_signal_use_xsave, libc_signal_dispatch
	.hidden	libc_signal_entry, libc_signal_return
	.globl	libc_signal_entry
	.type	libc_signal_entry, @function
libc_signal_entry:
	.cfi_startproc
	.cfi_undefined rip
	mov	%rdi, %rbx
	sub	libc_signal_fpu_size(%rip), %rsp
	and	$-64, %rsp
	mov	%rsp, %r12
	cmpl	$0, libc_signal_use_xsave(%rip)
	je	1f
	/* XSAVE reads its header: it must not hold bits of something else. */
	xor	%eax, %eax
	mov	%rax, 512(%r12)
	mov	%rax, 520(%r12)
	mov	%rax, 528(%r12)
	mov	%rax, 536(%r12)
	mov	%rax, 544(%r12)
	mov	%rax, 552(%r12)
	mov	%rax, 560(%r12)
	mov	%rax, 568(%r12)
	mov	$-1, %eax
	mov	%eax, %edx
	xsave64	(%r12)
	mov	%rbx, %rdi
	call	libc_signal_dispatch
	mov	$-1, %eax
	mov	%eax, %edx
	xrstor64 (%r12)
	jmp	2f
1:	fxsave64 (%r12)
	mov	%rbx, %rdi
	call	libc_signal_dispatch
	fxrstor64 (%r12)
2:	mov	%rbx, %rsp
	mov	%rbx, %rdi
	.globl	libc_signal_return
libc_signal_return:
	ud2
	.cfi_endproc
	.size	libc_signal_entry, . - libc_signal_entry

	.section .note.GNU-stack, "", @progbits

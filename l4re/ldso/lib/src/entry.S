// SPDX-License-Identifier: MIT
/*
 * The two places where control comes to the dynamic linker: from the loader, and from a function's
 * first call.
 */
	.text
// rsp points to argc (process-environment.md section 5); the program is entered in the same state.
	.globl	_start
	.hidden	_start
	.type	_start, @function
_start:
	.cfi_startproc
	.cfi_undefined rip
	xor	%ebp, %ebp
	mov	%rsp, %rbx
	mov	%rsp, %rdi
	lea	__ehdr_start(%rip), %rsi
	lea	_DYNAMIC(%rip), %rdx
	and	$-16, %rsp
	call	ldso_start
	mov	%rbx, %rsp
	xor	%edx, %edx		// no function to be called at exit
	jmp	*%rax
	.cfi_endproc
	.size	_start, . - _start

// From an object's procedure linkage table: the stack holds the object, the number of the relocation
// and the return address. All registers that pass arguments are the caller's; that the stack is
// 16-byte aligned at ldso_bind follows from the 9 pushes.
	.globl	ldso_resolve_lazy
	.hidden	ldso_resolve_lazy
	.type	ldso_resolve_lazy, @function
ldso_resolve_lazy:
	.cfi_startproc
	.cfi_adjust_cfa_offset 16
	.irp	register, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11
	push	%\register
	.cfi_adjust_cfa_offset 8
	.endr
	sub	$128, %rsp
	.cfi_adjust_cfa_offset 128
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	movaps	%xmm\n, \n * 16(%rsp)
	.endr
	mov	128 + 72(%rsp), %rdi
	mov	128 + 80(%rsp), %rsi
	call	ldso_bind
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	movaps	\n * 16(%rsp), %xmm\n
	.endr
	mov	%rax, 128 + 80(%rsp)	// where `ret` finds it
	add	$128, %rsp
	.cfi_adjust_cfa_offset -128
	.irp	register, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax
	pop	%\register
	.cfi_adjust_cfa_offset -8
	.endr
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
	.cfi_endproc
	.size	ldso_resolve_lazy, . - ldso_resolve_lazy

	.section .note.GNU-stack, "", @progbits

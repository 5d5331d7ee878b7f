/* SPDX-License-Identifier: MIT */
/* Where a vCPU enters its kernel: on the stack entry_sp, rdi is the state area. */
	.text
	.globl vcpu_entry
vcpu_entry:
	and $-16, %rsp
	call vcpu_handle
	ud2

/* A program for the vCPU's user mode: counts in rbx, makes two system calls, writes to a page. */
	.globl guest_begin, guest_end
	.balign 4096
guest_begin:
	mov $5, %rbx
1:	add $10, %rax
	dec %rbx
	jnz 1b
	syscall
	mov %rax, 0x200000
	syscall
	ud2
	.balign 4096
guest_end:

	.text
	.global pix_fill
	.type pix_fill, @function
pix_fill:
	mov	%rdx, %rcx
	mov	%esi, %eax
	rep stosl
	ret
	.size pix_fill, . - pix_fill
	.section .note.GNU-stack, "", @progbits

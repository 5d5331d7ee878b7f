// SPDX-License-Identifier: MIT
// The first instructions: multiboot headers, 32-bit protected mode to 64-bit long mode, and the
// exception entries. The boot loader left us in flat 32-bit mode without paging, interrupts off,
// its magic number in eax and the address of its information in ebx.

#define MB1_MAGIC       0x1badb002
#define MB1_FLAGS       0x00000003      // modules page aligned, memory map wanted
#define MB2_MAGIC       0xe85250d6

#define CR0_PE          0x00000001
#define CR0_PG          0x80000000
#define CR4_PAE         0x00000020
#define MSR_EFER        0xc0000080
#define EFER_LME        0x00000100

#define PTE_TABLE       0x003           // present, writable
#define PTE_LARGE       0x083           // present, writable, maps a large page
#define LONG_MODE       (1 << 29)       // CPUID 0x80000001, edx
#define GIB_PAGES       (1 << 26)       // ditto

#define CODE_SELECTOR   0x08
#define DATA_SELECTOR   0x10

#define COM1            0x3f8
#define UART_TX_EMPTY   0x20

        .section .multiboot, "a"
        .balign 8
        .long   MB1_MAGIC
        .long   MB1_FLAGS
        .long   -(MB1_MAGIC + MB1_FLAGS)

        .balign 8
mb2_header:
        .long   MB2_MAGIC
        .long   0                       // i386 protected mode
        .long   mb2_end - mb2_header
        .long   -(MB2_MAGIC + (mb2_end - mb2_header))
        .balign 8
        .short  1, 0                    // information request: all of these
        .long   20
        .long   1, 3, 6                 // command line, modules, memory map
        .balign 8
        .short  6, 0                    // modules page aligned
        .long   8
        .balign 8
        .short  0, 0                    // end
        .long   8
mb2_end:

        // Filled in by the image tool (archive.h).
        .balign 8
        .global archive_slot
archive_slot:
        .ascii  "FurArchv"
        .quad   0

        .section .text.start, "ax"
        .code32
        .global _start
_start:
        cli
        cld
        movl    $stack_end, %esp
        movl    %eax, %ebp              // magic, kept until the call
        movl    %ebx, %esi              // information, ditto

        movl    $bss_start, %edi
        movl    $bss_longs, %ecx
        xorl    %eax, %eax
        rep stosl

        movl    $0x80000000, %eax
        cpuid
        cmpl    $0x80000001, %eax
        jb      no_long_mode
        movl    $0x80000001, %eax
        cpuid
        testl   $LONG_MODE, %edx
        jz      no_long_mode

        // Identity map of 4 GiB, whatever the RAM: ACPI tables, the EBDA and what the boot loader
        // left lie outside of RAM as the memory map has it.
        movl    $pdpt + PTE_TABLE, pml4
        testl   $GIB_PAGES, %edx
        jz      2f
        movl    $0x00000000 + PTE_LARGE, pdpt
        movl    $0x40000000 + PTE_LARGE, pdpt + 8
        movl    $0x80000000 + PTE_LARGE, pdpt + 16
        movl    $0xc0000000 + PTE_LARGE, pdpt + 24
        jmp     4f
2:      movl    $page_directories + PTE_TABLE, pdpt
        movl    $page_directories + 0x1000 + PTE_TABLE, pdpt + 8
        movl    $page_directories + 0x2000 + PTE_TABLE, pdpt + 16
        movl    $page_directories + 0x3000 + PTE_TABLE, pdpt + 24
        movl    $page_directories, %edi
        movl    $PTE_LARGE, %eax
        movl    $2048, %ecx
3:      movl    %eax, (%edi)
        addl    $8, %edi
        addl    $0x200000, %eax
        loop    3b

4:      movl    $CR4_PAE, %eax
        movl    %eax, %cr4
        movl    $pml4, %eax
        movl    %eax, %cr3
        movl    $MSR_EFER, %ecx
        rdmsr
        orl     $EFER_LME, %eax
        wrmsr
        movl    %cr0, %eax
        orl     $CR0_PG | CR0_PE, %eax
        movl    %eax, %cr0
        lgdt    gdt_pointer
        ljmp    $CODE_SELECTOR, $start64

        // No C++ runs here, so this says it on COM1 by hand, as the firmware has set it up.
no_long_mode:
        movl    $no_long_mode_text, %esi
5:      movw    $COM1 + 5, %dx
        movl    $100000, %ecx
6:      inb     %dx, %al
        testb   $UART_TX_EMPTY, %al
        loopz   6b
        lodsb
        testb   %al, %al
        jz      7f
        movw    $COM1, %dx
        outb    %al, %dx
        jmp     5b
7:      hlt
        jmp     7b

        .code64
start64:
        movl    $DATA_SELECTOR, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %ss
        xorl    %eax, %eax
        movl    %eax, %fs
        movl    %eax, %gs
        movl    $stack_end, %esp
        movl    %ebp, %edi
        movl    %esi, %esi
        xorl    %ebp, %ebp
        call    loader_main             // does not return

        // One entry per exception vector, 16 bytes apart: those without an error code push 0, so
        // that the frame handed to C++ is always the same.
        .balign 16
        .global exception_entries
exception_entries:
        vector = 0
        .rept 32
        .balign 16
        .if (0x60227d00 >> vector) & 1 == 0
        pushq   $0
        .endif
        pushq   $vector
        jmp     exception
        vector = vector + 1
        .endr

exception:
        movq    %rsp, %rdi
        andq    $-16, %rsp
        call    loader_exception        // does not return

        .section .rodata
no_long_mode_text:
        .ascii  "bootstrap: cannot boot: this CPU has no 64-bit mode\r\n"
        .asciz  "bootstrap: what to do: use an x86-64 machine (QEMU: qemu-system-x86_64)\r\n"

        .balign 8
gdt:    .quad   0
        .quad   0x00209b0000000000      // 64-bit code
        .quad   0x00cf93000000ffff      // flat data
gdt_end:
        .balign 8
gdt_pointer:
        .short  gdt_end - gdt - 1
        .quad   gdt

        .section .bss
        .balign 0x1000
pml4:   .skip   0x1000
pdpt:   .skip   0x1000
page_directories:
        .skip   0x4000

        // Not cleared. Holds all data of the loader, which is local to loader_main.
        .section .stack, "aw", @nobits
        .balign 16
        .skip   256 * 1024
stack_end:

        .section .note.GNU-stack, "", @progbits

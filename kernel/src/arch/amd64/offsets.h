// SPDX-License-Identifier: MIT
// Numbers shared by assembler and C++; layout_check.cc proves the offsets right.
#pragma once

// Cpu_entry_state (sched/cpu.h), reached through GS in the kernel
#define CPU_CURRENT 0x08
#define CPU_KERNEL_STACK 0x10
#define CPU_TSS_RSP0 0x18
#define CPU_LOADED_SPACE 0x20
#define CPU_USER_RSP 0x38
#define CPU_SELECTOR 0x38 // the one is for system calls that are executed, the other for those that are not

// Task state segment: from rsp[0] to io_bitmap; a value for the latter behind the segment's limit
#define TSS_RSP0_TO_IO_BITMAP 98
#define NO_IO_PORTS 0xffff

// Mem_space: what CR3 is loaded with
#define SPACE_ROOT_WORD 0

// Thread (obj/thread_layout.h): the frame, user registers in the order of Frame
#define THREAD_R15 40
#define THREAD_R14 48
#define THREAD_R13 56
#define THREAD_R12 64
#define THREAD_R10 80
#define THREAD_R9 88
#define THREAD_R8 96
#define THREAD_RSI 112
#define THREAD_RBP 120
#define THREAD_RBX 136
#define THREAD_RAX 160
#define THREAD_TRAPNO 168
#define THREAD_ERROR 176
#define THREAD_RIP 184
#define THREAD_RFLAGS 200
#define THREAD_RSP 208
#define THREAD_FRAME_TOP 224
#define THREAD_FS_BASE 224
#define THREAD_GS_BASE 232
#define THREAD_SPACE 256
#define THREAD_EXIT_FLAGS 264
#define THREAD_UTCB 272
#define THREAD_CPU 281
#define THREAD_TASK 296
#define THREAD_PAGER 436
#define THREAD_EXC_HANDLER 438

// Capability slots (space/obj_space.h) and what they name
#define TASK_SLOT_PAGES 176
#define SLOT_COUNT 65536
#define SLOT_PAGE_SHIFT 7 // slots in a page
#define SLOT_SHIFT 5
#define SLOT_FLAGS 63
#define SLOT_RIGHT_S 2
#define OBJECT_TYPE 16
#define OBJECT_TYPES 13

// System calls (abi/kernel-entry.md, abi/kernel-objects.md): bits of selectors, tags, operations, the UTCB
#define OP_CALL 3
#define OP_ANSWER 0x80f // answer to the implicit slot and wait; bit 10 tells nothing more
#define PROTOCOL_KOBJECT -10
#define PROTOCOL_THREAD -12
#define TASK_CAP_INFO 2
#define TAG_TASK_CAP_INFO (-11 << 16 | 2)
#define TAG_THREAD_CONTROL (-12 << 16 | 6)
#define TAG_ERROR 0x8000
#define ERROR_NOT_EXISTENT 4
#define UTCB_MR0 0
#define UTCB_ERROR 0x3d8
#define JDB_WATCHES _ZN3jdb7watchesE

// Execution_context::Exit_flag
#define EXIT_COMPLETE 1
#define EXIT_FPU_LIVE 2
#define EXIT_RELOAD_SEGMENTS 4
#define EXIT_CONTINUES 128
#define EXIT_RARE 0x6c // Reload_segments, Own_selectors, Intercepted, Own_descriptors

// Selectors (abi/kernel-entry.md section 1); syscall and sysret force the order
#define SEL_KERNEL_CODE 0x08
#define SEL_KERNEL_DATA 0x10
#define SEL_USER_CODE32 0x1b
#define SEL_USER_DATA 0x23
#define SEL_USER_CODE 0x2b
#define SEL_TSS 0x30

// Numbers in place of a vector: trap 6 for SYSCALL in a 32-bit segment, 253 for an intercepted system call
#define TRAP_UNDEFINED 6
#define TRAP_SYSTEM_CALL 253

// Interrupt vectors. The higher comes first: that of other CPUs must not keep the others away.
#define VECTOR_IPI 0x30 // below: exceptions, and what a masked 8259 may still raise
#define VECTOR_FIRST_DEVICE 0x31
#define VECTOR_DEVICES 96
#define VECTOR_TIMER 0x91
#define VECTOR_SPURIOUS 0x9f // bits 3..0: ones (Intel SDM vol. 3, 11.9)
#define VECTORS 0xa0
#define STUB_BYTES 16

#define KERNEL_OFFSET 0xffffffff80000000
#define ARCH_CPU_BYTES 0x8000 // Arch_cpu with the kernel stack at its end
#define TRAMPOLINE_BYTES 80
